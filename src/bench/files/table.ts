import { parse } from "csv-parse/sync";
import { BenchError, OppoError } from "../../core/errors.ts";
import { readText } from "../../core/text.ts";
import { readXlsx } from "./xlsx.ts";

/** Rows of text by column name. */
export interface Table {
  columns: readonly string[];
  rows: readonly Readonly<Record<string, string>>[];
}

/**
 * A `.csv` or `.xlsx` file (first sheet) whose first row names the columns. Blank cells are "".
 * @throws BenchError `TABLE_UNREADABLE` naming the file; as `readText` and `readXlsx`
 */
export async function readTable(file: string): Promise<Table> {
  const cells = file.endsWith(".xlsx") ? await fromXlsx(file) : readCsv(file);
  const [header, ...rest] = cells;
  if (header === undefined) throw unreadable(file, "it is empty");
  const rows = rest.map((row) =>
    Object.fromEntries(header.map((name, index) => [name, row[index] ?? ""])),
  );
  return { columns: header, rows };
}

/** Rows of a CSV file as they stand. @throws BenchError `TABLE_UNREADABLE`; as `readText` */
export function readCsv(file: string): string[][] {
  const text = readText(file);
  const header = /^[^\n]*/.exec(text)![0];
  if (!header.includes(",") && /[;\t]/.test(header)) {
    const found = header.includes(";") ? "semicolons" : "tabs";
    throw unreadable(file, `${found} separate its columns: save it with commas`);
  }
  try {
    return parse(text, { skip_empty_lines: true });
  } catch (cause) {
    throw unreadable(file, (cause as Error).message, cause);
  }
}

async function fromXlsx(file: string): Promise<string[][]> {
  try {
    return await readXlsx(file);
  } catch (cause) {
    if (cause instanceof OppoError) throw cause;
    throw unreadable(file, (cause as Error).message, cause);
  }
}

function unreadable(file: string, why: string, cause?: unknown): BenchError {
  return new BenchError("TABLE_UNREADABLE", `not a readable table: ${why}`, { file, cause });
}

/**
 * The first of `names` that is a column.
 * @throws BenchError `COLUMN_MISSING`, `COLUMN_TWICE` naming the file
 */
export function columnOf(table: Table, names: readonly string[], file: string): string {
  const found = names.find((name) => table.columns.includes(name));
  if (found !== undefined && table.columns.indexOf(found) !== table.columns.lastIndexOf(found)) {
    throw new BenchError("COLUMN_TWICE", `two columns are called '${found}'`, {
      file,
      hint: "which of them is meant? Give the other one another name",
    });
  }
  if (found !== undefined) return found;
  throw new BenchError("COLUMN_MISSING", `no column ${names.map((n) => `'${n}'`).join(" or ")}`, {
    file,
    hint: `its columns: ${table.columns.join(", ")}`,
  });
}
