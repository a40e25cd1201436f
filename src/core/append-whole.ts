import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { OppoError } from "./errors.ts";

type Write = (handle: number, bytes: Uint8Array, offset: number) => number;
const write: Write = (handle, bytes, offset) => writeSync(handle, bytes, offset);

/**
 * Appends a text whole or not at all: what a full disk has taken of it is taken back, or the next
 * text would be glued to it. Only a kill in between leaves a part.
 * @throws OppoError `FILE_WRITE`
 */
export function appendWhole(file: string, text: string, writeSome: Write = write): void {
  const bytes = new TextEncoder().encode(text);
  let handle: number | undefined;
  try {
    handle = openSync(file, "a");
    const before = fstatSync(handle).size;
    let written = 0;
    try {
      while (written < bytes.length) written += writeSome(handle, bytes, written);
    } catch (error) {
      // not where another process has appended meanwhile
      const own = written > 0 && fstatSync(handle).size === before + written;
      if (own) ftruncateSync(handle, before);
      throw error;
    }
  } catch (cause) {
    throw writeFault(file, cause);
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

const reasons: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  ENOSPC: ["no space is left on its disk", "make room, then ask again: nothing is lost"],
  EDQUOT: ["the quota of its disk is used up", "make room, then ask again: nothing is lost"],
  EROFS: ["its disk is read-only", "choose another folder"],
  EACCES: ["this user may not write there", "choose another folder, or change its permissions"],
  EPERM: ["this user may not write there", "choose another folder, or change its permissions"],
  EISDIR: ["it is a folder", "move it away"],
  ENOTDIR: ["a part of its path is a file", "choose another folder"],
  ENOENT: ["its folder is not there and can't be made", "choose another folder"],
};

/** What a system's refusal to write means. `FILE_WRITE`, the system's error as cause. */
export function writeFault(file: string, cause: unknown): OppoError {
  const { code = "", message } = cause as NodeJS.ErrnoException;
  const [what, hint] = reasons[code] ?? [message, "look at the disk that it is on"];
  return new OppoError("FILE_WRITE", `can't be written: ${what}`, { file, hint, cause });
}
