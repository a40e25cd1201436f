import { DataError } from "../../core/errors.ts";
import { checkKeys } from "../../core/json-keys.ts";
import { jsonPlaces } from "./json-lines.ts";
import { isObject } from "./jsonl.ts";
import { columnsOf, type ListRecord, type ListTable } from "./table.ts";

/** Column of the name under which an object stands in an object. */
const keyColumn = "key";

/**
 * Reads a JSON list of objects, or one object whose members are objects by id (or texts by id).
 * @throws DataError `LIST_JSON`, `LIST_LINE` for an element that is no object; as `checkKeys`, for an
 *   id that stands twice.
 */
export function readJsonTable(text: string, file: string): ListTable {
  const value = parsed(text, file);
  const places = jsonPlaces(text);
  const records = Array.isArray(value)
    ? value.map((one, at) => ({
        line: places[at]!.line,
        fields: object(one, places[at]!.line, file),
      }))
    : byKey(value, places, file);
  return { columns: columnsOf(records), records, notes: [] };
}

function parsed(text: string, file: string): unknown[] | Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const lines = jsonLinesHint(text);
    throw new DataError("LIST_JSON", `is not JSON: ${(cause as Error).message}`, {
      file,
      ...(lines && { hint: "one object a line: call it .jsonl" }),
      cause,
    });
  }
  checkKeys(text, value, { file });
  if (Array.isArray(value) || isObject(value)) return value;
  throw new DataError("LIST_JSON", "is neither a list of objects nor an object by id", { file });
}

const jsonLinesHint = (text: string): boolean => /^\s*\{.*\}[ \t]*\r?\n\s*\{/.test(text);

function byKey(
  value: Record<string, unknown>,
  places: readonly { line: number; key: string | null }[],
  file: string,
): ListRecord[] {
  return places.map(({ line, key: name }) => {
    const key = name!;
    const own = value[key];
    if (Array.isArray(own) && own.every(isObject)) {
      throw new DataError("LIST_JSON", `'${key}' holds a list`, {
        file,
        line,
        hint: "give that list alone, or an object whose members are clips by id",
      });
    }
    const fields = typeof own === "string" ? { reference: own } : object(own, line, file);
    return { line, fields: { ...fields, [keyColumn]: key } };
  });
}

function object(value: unknown, line: number, file: string): Record<string, unknown> {
  if (isObject(value)) return value;
  throw new DataError("LIST_LINE", "is not an object", { file, line, hint: "one object a clip" });
}
