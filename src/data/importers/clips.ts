import { DataError } from "../../core/errors.ts";
import { clipLine, clipLineKeys } from "../clip-line.ts";
import { columnsOf, type ListRecord, placeOf } from "../tables/table.ts";
import type { Importer } from "./importer.ts";

/**
 * Our own clips.jsonl. It is strict: a misspelt field is refused, for nothing else would notice it.
 */
export const clipsImporter: Importer = {
  format: "clips",
  meaning: "clips.jsonl as `oppo import` and `oppo export clips` write it",
  expects: "clip_id in every row, and no field that is not ours",
  recognises({ table }) {
    const [first] = table?.records ?? [];
    const keys = Object.keys(first?.fields ?? {});
    return keys.includes("clip_id") && keys.every((key) => clipLineKeys.includes(key));
  },
  read({ path, table }) {
    const records = table!.records.map((record) => checked(record, path));
    return { columns: columnsOf(records), records, notes: table!.notes };
  },
};

function checked(record: ListRecord, file: string): ListRecord {
  const parsed = clipLine.safeParse(record.fields);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    const field = path.map(String).join(".");
    throw new DataError("LIST_VALUE", `${field || "row"}: ${message}`, {
      ...placeOf(record, file),
      path: field,
      hint: `fields of a line: ${clipLineKeys.join(", ")}`,
    });
  }
  const { labels, ...rest } = parsed.data;
  return { ...record, fields: labels === undefined ? rest : { ...rest, label: labels } };
}
