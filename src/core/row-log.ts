import { existsSync, readFileSync } from "node:fs";
import { appendJsonl, readJsonl, writeJsonl } from "./jsonl.ts";

/** Where a row stands, for errors. */
export interface RowPlace {
  file: string;
  line: number;
}

/** Checks a row as it lies in the file. @throws the caller's own error for one of another kind. */
export type RowReader<Row> = (value: unknown, place: RowPlace) => Row;

/** An append-only file of rows, as it was when opened. */
export interface RowLog<Row> {
  rows: Row[];
  /**
   * Appends whole lines in one write: a kill leaves at most one cut line, which the next opening
   * drops.
   */
  append(rows: readonly Row[]): void;
}

/**
 * Opens an append-only JSONL file; one that is not there has no rows. A last line that a kill has
 * cut is dropped from the file as well, since appending to it would spoil the next row. Without a
 * file nothing is kept.
 * @throws OppoError `JSONL_LINE` for any other line that is not JSON; what `read` throws.
 */
export function openRowLog<Row>(file: string | undefined, read: RowReader<Row>): RowLog<Row> {
  if (file === undefined) return { rows: [], append: () => {} };
  const append = (rows: readonly Row[]): void => appendJsonl(file, rows);
  if (!existsSync(file)) return { rows: [], append };
  const values = readJsonl<unknown>(file);
  const rows = values.map((value, index) => read(value, { file, line: index + 1 }));
  if (!endsWhole(file)) writeJsonl(file, values);
  return { rows, append };
}

const endsWhole = (file: string): boolean => {
  const text = readFileSync(file, "utf8");
  return text === "" || text.endsWith("\n");
};

/** Rows by key, in memory and on disk. The newest row of a key counts. */
export interface KeyedLog<Row> {
  get(key: string): Row | undefined;
  add(row: Row): void;
}

/** `openRowLog` by key. @throws as it does. */
export const openKeyedLog = <Row>(
  file: string | undefined,
  keyOf: (row: Row) => string,
  read: RowReader<Row>,
): KeyedLog<Row> => byKey(openRowLog(file, read), keyOf);

/** Rows of a log by key. A row counts once it is in the log. */
export function byKey<Row>(
  { rows, append }: RowLog<Row>,
  keyOf: (row: Row) => string,
): KeyedLog<Row> {
  const newest = new Map(rows.map((row) => [keyOf(row), row]));
  return {
    get: (key) => newest.get(key),
    add(row) {
      append([row]);
      newest.set(keyOf(row), row);
    },
  };
}
