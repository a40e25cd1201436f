import type { ListFormat } from "../options.ts";
import { clipsImporter } from "./clips.ts";
import { folderImporter } from "./folder.ts";
import type { FoundList, Importer } from "./importer.ts";
import { tableImporter } from "./table.ts";

export type { Importer } from "./importer.ts";

/** Every form of list that is read. The first that recognises a list reads it. */
export const importers: readonly Importer[] = [clipsImporter, tableImporter, folderImporter];

/** The importer of a form, or the one that recognises the list. */
export function importerOf(list: FoundList, format: ListFormat | undefined): Importer {
  const found = importers.find((one) =>
    format === undefined ? one.recognises(list) : one.format === format,
  );
  // The last two take any file and any folder.
  return found!;
}
