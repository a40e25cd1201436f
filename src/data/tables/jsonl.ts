import { DataError } from "../../core/errors.ts";
import { checkKeys } from "../../core/json-keys.ts";
import { columnsOf, type ListRecord, type ListTable } from "./table.ts";

/**
 * Reads JSON Lines. Every line counts, the last one with or without its line break: what people
 * hand in was not cut by a crash of ours.
 * @throws DataError `LIST_LINE` naming the line that is no JSON object; as `checkKeys`
 */
export function readJsonLines(text: string, file: string): ListTable {
  if (text.trimStart().startsWith("[")) {
    throw new DataError("LIST_LINE", "is one JSON list, not one object a line", {
      file,
      line: 1,
      hint: "call it .json",
    });
  }
  const records = text.split("\n").flatMap((line, index): ListRecord[] => {
    if (line.trim() === "") return [];
    return [{ line: index + 1, fields: objectOf(line, file, index + 1) }];
  });
  return { columns: columnsOf(records), records, notes: [] };
}

function objectOf(text: string, file: string, line: number): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new DataError("LIST_LINE", `is not JSON: ${(cause as Error).message}`, {
      file,
      line,
      hint: text.trim().endsWith(",") ? "no comma at the end of a line" : "one JSON object a line",
      cause,
    });
  }
  checkKeys(text, value, { file, line });
  if (isObject(value)) return value;
  throw new DataError("LIST_LINE", "is JSON, but not an object", { file, line });
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
