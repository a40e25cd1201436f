import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { writeFault } from "./append-whole.ts";

/**
 * Makes a folder and those above it. One at a time: with `recursive` Node never returns from a path
 * below /proc.
 * @throws OppoError `FILE_WRITE`
 */
export function makeFolder(folder: string): void {
  const missing: string[] = [];
  let at = resolve(folder);
  try {
    while (statSync(at, { throwIfNoEntry: false }) === undefined) {
      missing.push(at);
      at = dirname(at);
    }
    for (const path of missing.reverse()) makeOne(path);
  } catch (cause) {
    throw writeFault(folder, cause);
  }
}

function makeOne(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    // another process was faster
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

/** Makes a folder and tries whether files can be written in it. @throws OppoError `FILE_WRITE` */
export function tryFolder(folder: string): void {
  makeFolder(folder);
  const probe = join(folder, `.try-${process.pid}.tmp`);
  try {
    writeFileSync(probe, "tried\n");
    rmSync(probe);
  } catch (cause) {
    if (existsSync(probe)) rmSync(probe, { force: true });
    throw writeFault(folder, cause);
  }
}
