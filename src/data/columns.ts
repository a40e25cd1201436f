import { DataError } from "../core/errors.ts";
import {
  type FieldName,
  fieldNames,
  noColumn,
  type VocabularyField,
  vocabulary,
} from "./vocabulary.ts";

/** Which column holds which field. */
export type ColumnChoice = { [Field in FieldName]?: string | undefined };

export interface FoundColumns {
  choice: ColumnChoice;
  /** Columns that could have been taken as well, and columns that nothing reads. */
  notes: string[];
}

const normal = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, "_");

/**
 * Finds the columns of a list by the vocabulary. `named` overrides it field by field.
 * @throws DataError `LIST_COLUMN` for a named column that is not there.
 */
export function findColumns(
  columns: readonly string[],
  named: ColumnChoice,
  file: string,
): FoundColumns {
  const choice: ColumnChoice = {};
  const notes: string[] = [];
  for (const field of fieldNames) {
    const own = named[field];
    if (own === noColumn) continue;
    if (own !== undefined) {
      choice[field] = present(own, columns, field, file);
      continue;
    }
    const [first, ...others] = vocabulary[field].names
      .flatMap((name) => columns.filter((column) => normal(column) === name))
      .filter((column) => !Object.values(named).includes(column));
    if (first === undefined) continue;
    choice[field] = first;
    if (others.length > 0) {
      notes.push(
        `column '${first}' is taken for ${field}; ${quoted(others)} could be it, too (${optionOf(field)} names another)`,
      );
    }
  }
  const unread = columns.filter((column) => !Object.values(choice).includes(column));
  if (unread.length > 0) notes.push(`columns that nothing reads: ${shortList(unread)}`);
  return { choice, notes };
}

function present(name: string, columns: readonly string[], field: FieldName, file: string): string {
  const found = columns.find((column) => column.normalize("NFC") === name.normalize("NFC"));
  if (found !== undefined) return found;
  throw new DataError("LIST_COLUMN", `no column '${name}' for ${field}`, {
    file,
    path: `columns.${field}`,
    hint: `it has: ${shortList(columns)}`,
  });
}

/** @throws DataError `LIST_COLUMN`: what the file has, and the option that names the column. */
export function refuseMissing(
  fields: readonly FieldName[],
  columns: readonly string[],
  file: string,
): never {
  const [field] = fields;
  throw new DataError("LIST_COLUMN", `no column for ${fields.map(wordFor).join(" or ")}`, {
    file,
    path: `columns.${field}`,
    hint: `it has: ${shortList(columns) || "nothing"}; name one with ${optionOf(field!)}`,
  });
}

const words: Partial<Record<FieldName, string>> = { id: "the id", text: "the reference text" };
const wordFor = (field: FieldName): string => words[field] ?? `the ${field}`;

/** The option of the commands, or the field in YAML, that names a column. */
export function optionOf(field: FieldName): string {
  return (vocabulary[field] as VocabularyField).option ?? `columns.${field}`;
}

const quoted = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(", ");

/** The first of many names. */
export function shortList(names: readonly string[], most = 12): string {
  const more = names.length > most ? `, … (${names.length} in all)` : "";
  return `${names.slice(0, most).join(", ")}${more}`;
}
