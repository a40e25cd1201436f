/** One record of a user's list: values by column name, and the line it begins on (1 = first line). */
export interface ListRecord {
  line: number;
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
  return [...new Set(records.flatMap(({ fields }) => Object.keys(fields)))];
}
