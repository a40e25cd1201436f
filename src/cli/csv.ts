import { OppoError } from "../core/errors.ts";

/** A record of a CSV file by column name, and the line it begins on (1 = header). */
export interface CsvRecord {
  line: number;
  fields: Readonly<Record<string, string>>;
}

/**
 * Reads CSV as RFC 4180 describes it: fields may be quoted, hold line breaks, and double their quotes.
 * A leading byte order mark is dropped. @throws OppoError naming file and line for a record with
 * another number of fields than the header, and for a quote that never closes.
 */
export function parseCsv(text: string, file: string): CsvRecord[] {
  const rows = splitRows(text.replace(/^\uFEFF/, ""), file);
  const header = rows.shift();
  if (!header) throw new OppoError("CSV_EMPTY", "file has no header line", { file });
  return rows.map(({ line, cells }) => {
    if (cells.length !== header.cells.length) {
      throw new OppoError(
        "CSV_FIELDS",
        `${cells.length} fields where the header has ${header.cells.length}`,
        { file, line },
      );
    }
    const fields = Object.fromEntries(header.cells.map((name, index) => [name, cells[index]!]));
    return { line, fields };
  });
}

interface Row {
  line: number;
  cells: string[];
}

function splitRows(text: string, file: string): Row[] {
  const rows: Row[] = [];
  let row: Row = { line: 1, cells: [] };
  let line = 1;
  let at = 0;
  const endRow = () => {
    if (row.cells.length > 1 || row.cells[0] !== "") rows.push(row);
    row = { line, cells: [] };
  };
  while (at <= text.length) {
    const quoted = text[at] === '"';
    const end = quoted ? closingQuote(text, at, file, line) + 1 : unquotedEnd(text, at);
    const raw = text.slice(at, end);
    line += quoted ? raw.split("\n").length - 1 : 0;
    row.cells.push(quoted ? raw.slice(1, -1).replaceAll('""', '"') : raw);
    at = end;
    if (text.startsWith("\r\n", at)) at++;
    const mark = text[at++];
    if (mark === ",") continue;
    if (mark === "\n" || mark === undefined) {
      line++;
      endRow();
      if (at >= text.length) break;
      continue;
    }
    throw new OppoError("CSV_QUOTE", "text after a closing quote", { file, line });
  }
  return rows;
}

function unquotedEnd(text: string, from: number): number {
  const end = text.slice(from).search(/,|\r?\n/);
  return end === -1 ? text.length : from + end;
}

function closingQuote(text: string, open: number, file: string, line: number): number {
  for (let at = open + 1; ; at++) {
    at = text.indexOf('"', at);
    if (at === -1) throw new OppoError("CSV_QUOTE", "a quoted field never ends", { file, line });
    if (text[at + 1] !== '"') return at;
    at++;
  }
}
