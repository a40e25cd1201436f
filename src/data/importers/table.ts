import type { Importer } from "./importer.ts";

/** Any table: its columns are found by name. */
export const tableImporter: Importer = {
  format: "table",
  meaning: "any CSV, TSV, JSON or JSONL table; columns are found by name",
  expects: "a file",
  recognises: ({ table }) => table !== undefined,
  read: ({ table }) => table!,
};
