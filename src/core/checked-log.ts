import { existsSync, readFileSync, truncateSync } from "node:fs";
import { dirname } from "node:path";
import { appendWhole } from "./append-whole.ts";
import { OppoError } from "./errors.ts";
import { sha256 } from "./files.ts";
import { makeFolder } from "./make-folder.ts";
import type { RowLog, RowReader } from "./row-log.ts";

/** Tells people of something in a file. */
export type LogNotice = (text: string) => void;

/**
 * An append-only JSONL file whose rows carry a checksum, `"sum"`: 16 digits of the SHA-256 of the
 * rest of the line. A row that is not what was written is left out, with a notice, and whoever
 * needs it makes it again; a last row that a kill has cut is taken off the file. Rows of a version
 * that wrote no checksum stand in front of the others and are believed, with a notice. Without a
 * file nothing is kept.
 * @throws OppoError `LOG_UNREADABLE`; (append) `FILE_WRITE`; what `read` throws.
 */
export function openCheckedLog<Row extends object>(
  file: string | undefined,
  read: RowReader<Row>,
  notice: LogNotice = () => {},
): RowLog<Row> {
  if (file === undefined) return { rows: [], append: () => {} };
  const append = (rows: readonly Row[]): void => {
    if (rows.length === 0) return;
    makeFolder(dirname(file));
    appendWhole(file, rows.map((row) => `${withSum(JSON.stringify(row))}\n`).join(""));
  };
  if (!existsSync(file)) return { rows: [], append };
  const { lines, end, cut } = linesOf(file);
  if (cut) {
    // shorter, not written anew: that works on a full disk too
    truncateSync(file, end);
    notice(`${file}: its last row was cut by a kill and is left out`);
  }
  return { rows: believed(file, lines, read, notice), append };
}

/** Whole lines as bytes, where the last of them ends, and whether something stands behind it. */
function linesOf(file: string): { lines: Uint8Array[]; end: number; cut: boolean } {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw new OppoError("LOG_UNREADABLE", `can't be read: ${(cause as Error).message}`, {
      file,
      hint: "it must be a file that this user may read: move it away",
      cause,
    });
  }
  const lines: Uint8Array[] = [];
  let end = 0;
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, end)) {
    lines.push(bytes.subarray(end, at));
    end = at + 1;
  }
  return { lines, end, cut: end < bytes.length };
}

function believed<Row>(
  file: string,
  lines: readonly Uint8Array[],
  read: RowReader<Row>,
  notice: LogNotice,
): Row[] {
  const rows: Row[] = [];
  const damaged: number[] = [];
  let old = 0;
  let summed = false;
  for (const [index, bytes] of lines.entries()) {
    if (bytes.length === 0) continue;
    const found = rowOf(bytes);
    if (found === undefined || (summed && !found.summed)) {
      damaged.push(index + 1);
      continue;
    }
    summed = found.summed;
    if (!summed) old++;
    rows.push(read(found.value, { file, line: index + 1 }));
  }
  if (old > 0) notice(`${file}: ${old} row(s) of an earlier version carry no checksum; believed`);
  if (damaged.length > 0) notice(damagedNotice(file, damaged));
  return rows;
}

function damagedNotice(file: string, lines: readonly number[]): string {
  const shown = lines.slice(0, 5).join(", ") + (lines.length > 5 ? ", …" : "");
  return `${file}: ${lines.length} row(s) are not what was written (line ${shown}): left out, and made again when they are needed`;
}

/** A row's value without its checksum; undefined for one that is not what was written. */
function rowOf(bytes: Uint8Array): { value: unknown; summed: boolean } | undefined {
  try {
    const line = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const [, body, sum] = sumPattern.exec(line) ?? [];
    if (body === undefined) return { value: JSON.parse(line), summed: false };
    return sumOf(`${body}}`) === sum ? { value: JSON.parse(`${body}}`), summed: true } : undefined;
  } catch {
    return undefined;
  }
}

const sumPattern = /^(.*),"sum":"([0-9a-f]{16})"\}$/;
const sumOf = (json: string): string => sha256(json).slice(0, 16);
const withSum = (json: string): string => `${json.slice(0, -1)},"sum":"${sumOf(json)}"}`;
