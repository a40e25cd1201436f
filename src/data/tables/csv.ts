import { CsvError, type InfoRecord, parse } from "csv-parse/sync";
import { DataError } from "../../core/errors.ts";
import type { ListRecord, ListTable } from "./table.ts";

interface ParsedRecord {
  record: string[];
  info: InfoRecord;
}

/**
 * Reads CSV as RFC 4180 describes it: fields may be quoted, hold line breaks, and double their
 * quotes. The header says what separates the columns: commas, or tabs or semicolons where it has no
 * comma.
 * @throws DataError `LIST_FIELDS` for a record with another number of fields than the header,
 *   `LIST_QUOTE`, `LIST_HEADER` for a column that is named twice or not at all; each names the
 *   line.
 */
export function readCsv(text: string, file: string, separator?: string): ListTable {
  const lines = text.includes("\r") ? text.replaceAll(/\r\n?/g, "\n") : text;
  const delimiter = separator ?? separatorOf(lines);
  const notes: string[] = [];
  const [header, ...rest] = parsed(lines, file, delimiter, notes);
  const columns = header!.record.map((name, at) => name.trim() || `column ${at + 1}`);
  checkHeader(columns, lineOf(header!), file);
  if (separator === undefined && delimiter !== ",") {
    notes.push(`its columns are separated by ${delimiter === ";" ? "semicolons" : "tabs"}`);
  }
  return { columns, records: rest.map((one) => toRecord(one, columns, file)), notes };
}

/** Tabs and semicolons are what spreadsheets write where the comma is a decimal point. */
function separatorOf(text: string): string {
  const header = text.slice(0, text.indexOf("\n") + 1 || text.length);
  if (header.includes(",")) return ",";
  return ["\t", ";"].find((one) => header.includes(one)) ?? ",";
}

function parsed(text: string, file: string, delimiter: string, notes: string[]): ParsedRecord[] {
  let last = 0;
  const run = (relaxed: boolean): ParsedRecord[] =>
    parse(text, {
      delimiter,
      info: true,
      record_delimiter: ["\n"],
      relax_column_count: true,
      relax_quotes: relaxed,
      skip_empty_lines: true,
      on_record: (record: string[], { lines }) => {
        last = lines;
        return record;
      },
    }) as unknown as ParsedRecord[];
  const refuse = (line: number, message: string, cause: unknown): never => {
    const hint = 'quote a field that holds quotes or line breaks, and double its quotes: "a ""b"""';
    throw new DataError("LIST_QUOTE", message, { file, line, hint, cause });
  };
  try {
    return run(false);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = Number(error.lines ?? last + 1);
    if (error.code === "CSV_QUOTE_NOT_CLOSED") refuse(last + 1, "a quoted field never ends", error);
    if (error.code === "CSV_INVALID_CLOSING_QUOTE") {
      refuse(line, "text after a closing quote", error);
    }
    if (error.code !== "INVALID_OPENING_QUOTE") return refuse(line, error.message, error);
    notes.push(`line ${line}: a quote inside a field that is not quoted is taken as it stands`);
    return run(true);
  }
}

/** `info.lines` is the line a record ends on. */
function lineOf({ record, info }: ParsedRecord): number {
  let breaks = 0;
  for (const cell of record) {
    for (let at = cell.indexOf("\n"); at !== -1; at = cell.indexOf("\n", at + 1)) breaks++;
  }
  return info.lines - breaks;
}

function checkHeader(columns: readonly string[], line: number, file: string): void {
  const seen = new Set<string>();
  const twice = columns.find((name) => seen.size === seen.add(name).size);
  if (twice === undefined) return;
  throw new DataError("LIST_HEADER", `two columns are called '${twice}'`, {
    file,
    line,
    hint: "the first line names the columns, each by a name of its own",
  });
}

function toRecord(one: ParsedRecord, columns: readonly string[], file: string): ListRecord {
  const { record } = one;
  const line = lineOf(one);
  if (record.length !== columns.length) {
    throw new DataError(
      "LIST_FIELDS",
      `${record.length} fields where the header has ${columns.length}`,
      { file, line, hint: "a field that holds the separator must be quoted" },
    );
  }
  return { line, fields: Object.fromEntries(columns.map((name, at) => [name, record[at]])) };
}
