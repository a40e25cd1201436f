import { extname } from "node:path";
import { DataError } from "../../core/errors.ts";
import { readCsv } from "./csv.ts";
import { readJsonTable } from "./json.ts";
import { readJsonLines } from "./jsonl.ts";
import type { ListTable } from "./table.ts";
import { readListText } from "./text.ts";

type Reader = (text: string, file: string) => ListTable;

const readers: Readonly<Record<string, Reader>> = {
  ".csv": readCsv,
  ".tsv": (text, file) => readCsv(text, file, "\t"),
  ".jsonl": readJsonLines,
  ".ndjson": readJsonLines,
  ".json": readJsonTable,
};

/** Endings of files that are read as tables. */
export const tableEndings: readonly string[] = Object.keys(readers);

/** A table and the hash of its file. */
export interface ReadTable extends ListTable {
  sha256: string;
}

/** Reads a table by the ending of its name. @throws DataError `LIST_FORMAT`, and as each reader. */
export function readTable(file: string): ReadTable {
  const reader = readers[extname(file).toLowerCase()];
  if (reader === undefined) {
    throw new DataError("LIST_FORMAT", "neither .csv, .tsv, .jsonl nor .json", {
      file,
      hint: spreadsheet.test(file)
        ? "save it as CSV in UTF-8"
        : "the ending says how a list is read",
    });
  }
  const { text, sha256 } = readListText(file);
  const table = reader(text, file);
  if (table.records.length === 0) {
    throw new DataError("LIST_EMPTY", "has columns but no rows", { file });
  }
  const broken = table.notes.concat(text.includes("\uFFFD") ? [replaced] : []);
  return { ...table, notes: broken, sha256 };
}

const spreadsheet = /\.(xlsx?|ods|parquet)$/i;

const replaced =
  "it holds U+FFFD (�): a program before could not read some characters, and different words may have become equal";
