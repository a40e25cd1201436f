/** One record of a user's list. */
export interface ListRecord {
  /** Line it begins on, from 1; absent where a whole file is one record. */
  line?: number;
  /** File it is from, where the list is a folder of files. */
  file?: string;
  /** Values by column name. */
  fields: Readonly<Record<string, unknown>>;
}

/** A list as it stands in its file. */
export interface ListTable {
  /** Names of the columns, or of every key that some record has, in order of appearance. */
  columns: readonly string[];
  records: readonly ListRecord[];
  /** How the file was read, where that was not plain. */
  notes: readonly string[];
}

/** Columns of records whose keys may differ. */
export function columnsOf(records: readonly ListRecord[]): string[] {
  const columns = new Set<string>();
  for (const { fields } of records) for (const name of Object.keys(fields)) columns.add(name);
  return [...columns];
}

/** Where a record is, for errors. */
export interface Place {
  file: string;
  line?: number;
}

/** @param list the list's own path */
export function placeOf({ line, file }: ListRecord, list: string): Place {
  return { file: file ?? list, ...(line !== undefined && { line }) };
}
