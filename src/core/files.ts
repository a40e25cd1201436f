import { createHash } from "node:crypto";
import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { OppoError } from "./errors.ts";
import { checkKeys } from "./json-keys.ts";
import { readText } from "./text.ts";

/** Writes a file whole or not at all: a kill in the middle leaves the old content. */
export function writeFileAtomic(path: string, data: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, data);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** The same for a text that is too long for one string. */
export function writePiecesAtomic(path: string, pieces: Iterable<string>): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const handle = openSync(temporary, "w");
    try {
      for (const piece of gathered(pieces)) writeFileSync(handle, piece);
    } finally {
      closeSync(handle);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Pieces of some size: one write a line would take longer than making it. */
function* gathered(pieces: Iterable<string>): Generator<string> {
  let text = "";
  for (const piece of pieces) {
    text += piece;
    if (text.length < 1 << 20) continue;
    yield text;
    text = "";
  }
  yield text;
}

export function writeJson(path: string, value: unknown): void {
  writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`);
}

/**
 * A JSON file, of a run or of somebody else.
 * @throws OppoError `JSON_UNREADABLE` naming the file; as `readText` and `checkKeys`
 */
export function readJson<T>(path: string, parse: (text: string) => unknown = JSON.parse): T {
  return parseJson(readText(path), path, parse) as T;
}

/** Text of a JSON file. @throws as `readJson` */
export function parseJson(
  text: string,
  file: string,
  parse: (text: string) => unknown = JSON.parse,
): unknown {
  let value: unknown;
  try {
    value = parse(text);
  } catch (cause) {
    throw new OppoError("JSON_UNREADABLE", `is not JSON: ${(cause as Error).message}`, {
      file,
      cause,
    });
  }
  checkKeys(text, value, { file });
  return value;
}

export function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

/** JSON with sorted keys: equal values give equal text, so it can be hashed. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
