import { readSheet } from "read-excel-file/node";
import { openZip } from "../../arrays/zip.ts";
import { DataError } from "../../core/errors.ts";
import { limits, sizeText } from "../../core/limits.ts";

/**
 * Rows of the first sheet of a `.xlsx` file as text; blank cells are "".
 * @throws DataError `ZIP_*`, `SHEET_LARGE`; what the reader of sheets throws
 */
export async function readXlsx(file: string): Promise<string[][]> {
  checkXlsx(file);
  const rows = await readSheet(file);
  return rows.map((row) => row.map((cell) => (cell === null ? "" : String(cell))));
}

/** The reader makes every cell up to the last, and a tree of all of the XML. */
function checkXlsx(file: string): void {
  const archive = openZip(file, ".xlsx");
  const total = [...archive.sizes.values()].reduce((sum, size) => sum + size, 0);
  if (total > limits.sheetBytes) {
    const hint = `spreadsheets of at most ${sizeText(limits.sheetBytes)} are read: save it as CSV`;
    throw new DataError("SHEET_LARGE", `unpacks to ${sizeText(total)}`, { file, hint });
  }
  for (const [name, bytes] of archive.unpack([...archive.sizes.keys()])) {
    if (/^xl\/worksheets\/[^/]*\.xml$/.test(name)) checkCells(Buffer.from(bytes), file);
  }
}

function checkCells(xml: Buffer, file: string): void {
  const text = xml.toString("latin1");
  let [columns, rows] = [1, 1];
  for (const [, letters, digits] of text.matchAll(/\br\s*=\s*["']([A-Za-z]*)(\d+)["']/g)) {
    columns = Math.max(columns, columnNumber(letters!));
    rows = Math.max(rows, Number(digits));
  }
  // A reference spelt in character codes is none that a program writes.
  const odd = /<!DOCTYPE|\br\s*=\s*["'][^"']*&/.test(text);
  if (!odd && columns * rows <= limits.sheetCells && rows <= mostRows) return;
  const what = odd
    ? "has cells whose places are not written as A1"
    : `has a cell in row ${rows}, or column ${columns}: ${columns * rows} cells`;
  throw new DataError("SHEET_LARGE", what, {
    file,
    hint: `sheets of at most ${limits.sheetCells.toLocaleString("en")} cells are read: delete far cells, or save it as CSV`,
  });
}

/** No sheet of Excel has more; the reader makes every row up to the last. */
const mostRows = 2 ** 20;

/** A is 1, AA 27. */
const columnNumber = (letters: string): number =>
  [...letters.toUpperCase()].reduce((sum, letter) => 26 * sum + letter.charCodeAt(0) - 64, 0);
