import { existsSync, readFileSync } from "node:fs";
import { BenchError } from "../../core/errors.ts";
import { appendJsonl, readJsonl, writeJsonl } from "../../core/jsonl.ts";

/** Rows on disk, appended one by one as they are made. The newest row of an id counts. */
export class RowFile<Row extends { id: string; key: string }> {
  readonly #file: string;
  readonly #rows = new Map<string, Row>();

  /** @throws BenchError `JOURNAL_ROW` for a row of another kind. */
  constructor(file: string) {
    this.#file = file;
    if (!existsSync(file)) return;
    const rows = readJsonl<Row>(file);
    // A killed run may leave a cut line; appending to it would spoil the next row as well.
    if (!readFileSync(file, "utf8").endsWith("\n")) writeJsonl(file, rows);
    for (const [index, row] of rows.entries()) {
      if (typeof row?.id === "string" && typeof row.key === "string") this.#rows.set(row.id, row);
      else throw new BenchError("JOURNAL_ROW", "not a journal row", { file, line: index + 1 });
    }
  }

  /** The row of an id, if it was made from the same content. */
  find(id: string, key: string): Row | undefined {
    const row = this.#rows.get(id);
    return row?.key === key ? row : undefined;
  }

  add(row: Row): void {
    this.#rows.set(row.id, row);
    appendJsonl(this.#file, [row]);
  }
}
