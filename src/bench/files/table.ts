import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { readSheet } from "read-excel-file/node";
import { BenchError } from "../../core/errors.ts";

/** Rows of text by column name. */
export interface Table {
  columns: readonly string[];
  rows: readonly Readonly<Record<string, string>>[];
}

/**
 * A `.csv` or `.xlsx` file (first sheet) whose first row names the columns. Blank cells are "".
 * @throws BenchError `TABLE_UNREADABLE` naming the file
 */
export async function readTable(file: string): Promise<Table> {
  const [header, ...cells] = file.endsWith(".xlsx") ? await readXlsx(file) : readCsv(file);
  if (header === undefined) throw unreadable(file, "it is empty");
  const rows = cells.map((row) =>
    Object.fromEntries(header.map((name, index) => [name, row[index] ?? ""])),
  );
  return { columns: header, rows };
}

/** Rows of a CSV file as they stand. */
export function readCsv(file: string): string[][] {
  try {
    return parse(readFileSync(file, "utf8"), { bom: true, skip_empty_lines: true });
  } catch (cause) {
    throw unreadable(file, (cause as Error).message, cause);
  }
}

async function readXlsx(file: string): Promise<string[][]> {
  try {
    const rows = await readSheet(file);
    return rows.map((row) => row.map((cell) => (cell === null ? "" : String(cell))));
  } catch (cause) {
    throw unreadable(file, (cause as Error).message, cause);
  }
}

function unreadable(file: string, why: string, cause?: unknown): BenchError {
  return new BenchError("TABLE_UNREADABLE", `not a readable table: ${why}`, { file, cause });
}

/** The first of `names` that is a column. @throws BenchError `COLUMN_MISSING` naming the file */
export function columnOf(table: Table, names: readonly string[], file: string): string {
  const found = names.find((name) => table.columns.includes(name));
  if (found !== undefined) return found;
  throw new BenchError("COLUMN_MISSING", `no column ${names.map((n) => `'${n}'`).join(" or ")}`, {
    file,
    hint: `its columns: ${table.columns.join(", ")}`,
  });
}
