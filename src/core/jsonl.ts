import { dirname } from "node:path";
import { appendWhole } from "./append-whole.ts";
import { OppoError } from "./errors.ts";
import { writeFileAtomic } from "./files.ts";
import { checkKeys } from "./json-keys.ts";
import { makeFolder } from "./make-folder.ts";
import { decodeText, readText, readTextBytes } from "./text.ts";

/**
 * Appends whole lines in one write: a kill leaves at most one cut line at the end, a full disk none.
 * @throws OppoError `FILE_WRITE`
 */
export function appendJsonl(path: string, rows: readonly unknown[]): void {
  if (rows.length === 0) return;
  makeFolder(dirname(path));
  appendWhole(path, `${rows.map((row) => JSON.stringify(row)).join("\n")}\n`);
}

export function writeJsonl(path: string, rows: readonly unknown[]): void {
  writeFileAtomic(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
}

type Parse = (text: string) => unknown;

/**
 * Reads a JSONL file that a run appends to. A cut last line (no newline at the end) is dropped: it
 * was never fully written.
 * @throws OppoError with file and line on any other line that is not JSON; as `readText`
 */
export function readJsonl<T>(path: string): T[] {
  const bytes = readTextBytes(path);
  // A kill may cut inside a character: what stands behind the last newline is no text yet.
  const whole = bytes.lastIndexOf(10) + 1;
  const rows = rowsOf<T>(decodeText(bytes.subarray(0, whole), path), path, JSON.parse);
  const tail = bytes.toString("utf8", whole);
  if (tail.trim() !== "") {
    try {
      rows.push(JSON.parse(tail) as T);
    } catch {
      // half-written by a killed process
    }
  }
  return rows;
}

/**
 * Reads a JSONL file that somebody hands in: every line counts, the last one with or without a
 * newline, for a row that is dropped is one that nobody misses.
 * @throws OppoError `JSONL_LINE` with file and line on a line that is not JSON; as `readText` and
 *   `checkKeys`
 */
export function readGivenJsonl<T>(path: string, parse: Parse = JSON.parse): T[] {
  return rowsOf<T>(readText(path), path, parse, checkKeys);
}

function rowsOf<T>(text: string, file: string, parse: Parse, check?: typeof checkKeys): T[] {
  const rows: T[] = [];
  text.split("\n").forEach((line, index) => {
    if (line.trim() === "") return;
    const place = { file, line: index + 1 };
    const value = parseLine(line, place, parse);
    check?.(line, value, place);
    rows.push(value as T);
  });
  return rows;
}

function parseLine(text: string, place: { file: string; line: number }, parse: Parse): unknown {
  try {
    return parse(text);
  } catch (cause) {
    const hint = text.trim().endsWith(",") ? "no comma at the end of a line" : "one value a line";
    throw new OppoError("JSONL_LINE", `line is not JSON: ${(cause as Error).message}`, {
      ...place,
      hint,
      cause,
    });
  }
}
