import {
  constants,
  copyFileSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { RunError } from "../core/errors.ts";

/** Who works in a run folder: what `run.lock` holds. */
export interface Owner {
  pid: number;
  host: string;
  /** When the process took the folder, ISO 8601. */
  since: string;
  /** When the process began, in the system's own count; "" where it does not say (not Linux). */
  born: string;
  /** Which start of the machine it was; "" likewise. */
  boot: string;
}

/** Locks of this process: it may open its own folder again. */
const held = new Set<string>();

/**
 * Takes a run folder for this process until it ends. What a killed process left is recognised (its
 * process is gone, is another one by now, or the machine was started anew) and replaced.
 * @throws RunError `RUN_LOCKED` naming who holds it.
 */
export function lockRun(file: string): void {
  if (held.has(file) && isOwn(file)) return;
  mkdirSync(dirname(file), { recursive: true });
  // Written whole under another name, then linked: whoever finds the lock can read it.
  const own = `${file}.${process.pid}.tmp`;
  writeFileSync(own, `${JSON.stringify(self(), null, 2)}\n`);
  try {
    while (!linked(own, file)) removeStale(file);
  } finally {
    rmSync(own, { force: true });
  }
  if (held.size === 0) process.once("exit", unlockAll);
  held.add(file);
}

function linked(own: string, file: string): boolean {
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    if (!noLinks.has(codeOf(error))) throw error;
  }
  try {
    copyFileSync(own, file, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/** What file systems without hard links say. */
const noLinks: ReadonlySet<string> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? "";

/**
 * Moves a dead process's lock away. Two may try at once: whoever moved a living one's puts it back.
 */
function removeStale(file: string): void {
  const owner = readOwner(file);
  if (owner !== undefined && isAlive(owner)) refuse(file, owner);
  const aside = `${file}.${process.pid}.stale`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw error;
  }
  const moved = readOwner(aside);
  const wrong = moved !== undefined && isAlive(moved);
  if (wrong) linked(aside, file);
  rmSync(aside, { force: true });
  if (wrong) refuse(file, moved);
}

function refuse(file: string, { pid, host, since }: Owner): never {
  const here = host === hostname();
  throw new RunError("RUN_LOCKED", `process ${pid} on ${host} works here since ${since}`, {
    file,
    hint: here
      ? "wait for it, stop it, or give this run another name (--name)"
      : "if that machine no longer works on it, delete this file",
  });
}

function isOwn(file: string): boolean {
  const owner = readOwner(file);
  return owner?.pid === process.pid && owner.host === hostname() && isAlive(owner);
}

function readOwner(file: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Owner;
  } catch {
    return undefined;
  }
}

/** A process of another machine is taken to live: nobody here can know. */
export function isAlive({ pid, host, born, boot }: Owner): boolean {
  if (host !== hostname()) return true;
  if (boot !== bootId()) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: somebody else's process, but there.
    if (codeOf(error) !== "EPERM") return false;
  }
  return born === birthOf(pid);
}

function self(): Owner {
  const { pid } = process;
  const since = new Date().toISOString();
  return { pid, host: hostname(), since, born: birthOf(pid), boot: bootId() };
}

/**
 * A process's start, in clock ticks since boot: a number that was given again is another process.
 */
function birthOf(pid: number): string {
  // The name in brackets may hold blanks and brackets; field 22 is counted from behind it.
  const stat = textOf(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}

const bootId = (): string => textOf("/proc/sys/kernel/random/boot_id").trim();

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function unlockAll(): void {
  for (const file of held) {
    if (isOwn(file)) rmSync(file, { force: true });
  }
}
