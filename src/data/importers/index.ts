import { DataError } from "../../core/errors.ts";
import type { ListFormat } from "../options.ts";
import { clipsImporter } from "./clips.ts";
import { emerImporter } from "./emer.ts";
import { folderImporter } from "./folder.ts";
import type { FoundList, Importer } from "./importer.ts";
import { merCaptionPlusImporter } from "./mer-caption-plus.ts";
import { merFactoryImporter } from "./mer-factory.ts";
import { msSwiftImporter } from "./ms-swift.ts";
import { tableImporter } from "./table.ts";

export type { Importer } from "./importer.ts";

/**
 * Every form of list that is read. The first that recognises a list reads it: the last two take
 * all.
 */
export const importers: readonly Importer[] = [
  clipsImporter,
  msSwiftImporter,
  merFactoryImporter,
  merCaptionPlusImporter,
  emerImporter,
  tableImporter,
  folderImporter,
];

/**
 * The importer of a form, or the first of the table that recognises the list.
 * @throws DataError `LIST_FORM` for a list that is not of the form it is said to have
 */
export function importerOf(
  list: FoundList,
  format: ListFormat | undefined,
  table: readonly Importer[] = importers,
): Importer {
  if (format === undefined) return table.find((one) => one.recognises(list))!;
  const named = table.find((one) => one.format === format)!;
  if (named.recognises(list)) return named;
  const has = list.table === undefined ? "is a folder" : `has ${list.table.columns.join(", ")}`;
  throw new DataError("LIST_FORM", `is not of the form ${format}: it ${has}`, {
    file: list.path,
    hint: `expected: ${named.expects}`,
  });
}
