import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { OppoError } from "./errors.ts";
import { writeFileAtomic } from "./files.ts";

/** Appends whole lines in one write, so that a kill leaves at most one cut line at the end. */
export function appendJsonl(path: string, rows: readonly unknown[]): void {
  if (rows.length === 0) return;
  mkdirSync(dirname(path), { recursive: true });
  appendFileSync(path, `${rows.map((row) => JSON.stringify(row)).join("\n")}\n`);
}

export function writeJsonl(path: string, rows: readonly unknown[]): void {
  writeFileAtomic(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
}

/**
 * Reads a JSONL file. A cut last line (no newline at the end) is dropped: it was never fully
 * written.
 * @throws OppoError with file and line on any other line that is not JSON.
 */
export function readJsonl<T>(path: string, parse: (text: string) => unknown = JSON.parse): T[] {
  if (!existsSync(path)) throw new OppoError("FILE_MISSING", "no such file", { file: path });
  const text = readFileSync(path, "utf8");
  const lines = text.split("\n");
  const tail = lines.pop();
  const rows: T[] = [];
  lines.forEach((line, index) => {
    if (line.trim() !== "") rows.push(parseLine<T>(line, path, index + 1, parse));
  });
  if (tail !== undefined && tail.trim() !== "") {
    try {
      rows.push(parse(tail) as T);
    } catch {
      // half-written by a killed process
    }
  }
  return rows;
}

function parseLine<T>(
  line: string,
  file: string,
  lineNumber: number,
  parse: (text: string) => unknown,
): T {
  try {
    return parse(line) as T;
  } catch (cause) {
    throw new OppoError("JSONL_LINE", "line is not JSON", { file, line: lineNumber, cause });
  }
}
