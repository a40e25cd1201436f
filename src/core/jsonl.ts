import { existsSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { appendWhole } from "./append-whole.ts";
import { OppoError } from "./errors.ts";
import { writeFileAtomic } from "./files.ts";
import { makeFolder } from "./make-folder.ts";

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
 * @throws OppoError with file and line on any other line that is not JSON.
 */
export function readJsonl<T>(path: string, parse: Parse = JSON.parse): T[] {
  const lines = linesOf(path);
  const tail = lines.pop();
  const rows = rowsOf<T>(lines, path, parse);
  if (tail !== undefined && tail.trim() !== "") {
    try {
      rows.push(parse(tail) as T);
    } catch {
      // half-written by a killed process
    }
  }
  return rows;
}

/**
 * Reads a JSONL file that somebody hands in: every line counts, the last one with or without a
 * newline, for a row that is dropped is one that nobody misses.
 * @throws OppoError with file and line on a line that is not JSON.
 */
export function readGivenJsonl<T>(path: string, parse: Parse = JSON.parse): T[] {
  return rowsOf<T>(linesOf(path), path, parse);
}

function linesOf(path: string): string[] {
  if (!existsSync(path)) throw new OppoError("FILE_MISSING", "no such file", { file: path });
  return readFileSync(path, "utf8")
    .replace(/^\uFEFF/, "")
    .split("\n");
}

function rowsOf<T>(lines: readonly string[], path: string, parse: Parse): T[] {
  const rows: T[] = [];
  lines.forEach((line, index) => {
    if (line.trim() !== "") rows.push(parseLine<T>(line, path, index + 1, parse));
  });
  return rows;
}

function parseLine<T>(line: string, file: string, lineNumber: number, parse: Parse): T {
  try {
    return parse(line) as T;
  } catch (cause) {
    throw new OppoError("JSONL_LINE", "line is not JSON", { file, line: lineNumber, cause });
  }
}
