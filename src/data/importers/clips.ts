import { DataError } from "../../core/errors.ts";
import { clipLine, clipLineKeys } from "../clip-line.ts";
import type { ListRecord } from "../tables/table.ts";
import type { Importer } from "./importer.ts";

/** Our own clips.jsonl. It is strict: a misspelt field is refused, for nothing else would notice it. */
export const clipsImporter: Importer = {
  format: "clips",
  meaning: "clips.jsonl as `oppo import` and `oppo export clips` write it",
  recognises({ table }) {
    const [first] = table?.records ?? [];
    const keys = Object.keys(first?.fields ?? {});
    return keys.includes("clip_id") && keys.every((key) => clipLineKeys.includes(key));
  },
  read({ path, table }) {
    const records = table!.records.map((record) => checked(record, path));
    const columns = [...new Set(records.flatMap(({ fields }) => Object.keys(fields)))];
    return { columns, records, notes: table!.notes };
  },
};

function checked({ line, fields }: ListRecord, file: string): ListRecord {
  const parsed = clipLine.safeParse(fields);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    const field = path.map(String).join(".");
    throw new DataError("LIST_VALUE", `${field || "row"}: ${message}`, {
      file,
      line,
      path: field,
      hint: `fields of a line: ${clipLineKeys.join(", ")}`,
    });
  }
  const { labels, ...rest } = parsed.data;
  return { line, fields: labels === undefined ? rest : { ...rest, label: labels } };
}
