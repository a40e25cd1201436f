import type { ListFormat } from "../options.ts";
import type { ListTable } from "../tables/table.ts";

/** A list as it was found: a file read as a table, or a folder. */
export interface FoundList {
  /** Absolute. */
  path: string;
  /** Absent for a folder. */
  table?: ListTable;
}

/** A list in the vocabulary's column names. */
export interface ImportedList extends ListTable {
  /** Folder of its films, where options name none. */
  videos?: string;
  /** Folder that relative paths are read from; the list's own where absent. */
  base?: string;
  /** What was read, to hash, where that is not the list's file alone. */
  content?: string;
}

/**
 * One form of list. Adding one is a file that exports this and a line in the table
 * (`importers/index.ts`). Importers rename and join columns; media, labels, ids and refusals are
 * the reader's.
 */
export interface Importer {
  format: ListFormat;
  /** Half a sentence for help and documents. */
  meaning: string;
  /** What a list of this form has, for the refusal of one that is named so and isn't. */
  expects: string;
  /** Whether a list has this form, so that nobody has to say so. */
  recognises(list: FoundList): boolean;
  /** @throws DataError `LIST_VALUE` naming file and line */
  read(list: FoundList): ImportedList;
}

/** Whether a table has all of these columns. */
export const hasColumns = ({ table }: FoundList, ...names: string[]): boolean =>
  table !== undefined && names.every((name) => table.columns.includes(name));
