import { DataError } from "../core/errors.ts";
import type { Split } from "./clip-row.ts";
import type { Place } from "./tables/table.ts";

/** A cell of a list, and where it is: what cannot be read is refused by line. */
export interface Cell {
  value: unknown;
  column: string;
  place: Place;
}

function refuse({ column, place }: Cell, message: string, hint?: string): never {
  throw new DataError("LIST_VALUE", `${column}: ${message}`, {
    ...place,
    path: column,
    ...(hint !== undefined && { hint }),
  });
}

const isBlank = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === "string" && value.trim() === "");

/** A text as it stands; undefined where the cell is blank. @throws DataError `LIST_VALUE` */
export function textOf(cell: Cell): string | undefined {
  if (isBlank(cell.value)) return undefined;
  if (typeof cell.value === "string") return cell.value;
  return refuse(cell, `is ${kindOf(cell.value)}, not a text`);
}

/** A name: a text or a number, trimmed, in Unicode NFC. @throws DataError `LIST_VALUE` */
export function nameOf(cell: Cell): string | undefined {
  const { value } = cell;
  if (isBlank(value)) return undefined;
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  if (typeof value === "string") return value.trim().normalize("NFC");
  return refuse(cell, `is ${kindOf(value)}, neither a text nor a number`);
}

/** A path as it stands: spaces and percent signs belong to it. A list of one path is that path. */
export function pathOf(cell: Cell): string | undefined {
  const { value } = cell;
  if (!Array.isArray(value)) return textOf(cell);
  if (value.length > 1) refuse(cell, `names ${value.length} files`, "a clip has one");
  return textOf({ ...cell, value: value[0] });
}

const plural = /^(labels|emotions|openset)$/i;
const separators = /[,;，；、]/;

/**
 * Labels: a word, a JSON list, a list as Python prints it (`['happy', 'sad']`, `[happy, sad]`), or
 * words between commas in a column named in the plural.
 * @param whole an element of a list: a comma in it separates nothing
 * @throws DataError `LIST_VALUE`, for a number too: the index of a class says nothing
 */
export function labelsOf(cell: Cell, whole = false): string[] {
  const { value, column } = cell;
  if (isBlank(value)) return [];
  if (Array.isArray(value)) {
    return value.flatMap((one) => labelsOf({ ...cell, value: one }, true));
  }
  const text = typeof value === "number" ? String(value) : textOf(cell)!.trim();
  if (/^[-+]?\d+([.,]\d+)?$/.test(text)) {
    const hint = "name emotions in words, another column with --label, or none with --label -";
    refuse(cell, `is the number ${text}`, hint);
  }
  const inner = /^\[(.*)\]$/s.exec(text)?.[1];
  const parts =
    inner === undefined && (whole || !plural.test(column))
      ? [text]
      : (inner ?? text).split(separators);
  return parts.map(unquoted).filter((part) => part !== "");
}

const unquoted = (text: string): string =>
  text
    .trim()
    .replace(/^(["'])(.*)\1$/s, "$2")
    .trim();

/** A text, or a list of them. @throws DataError `LIST_VALUE` */
export function textsOf(cell: Cell): string[] {
  const { value } = cell;
  const all = Array.isArray(value) ? value : [value];
  return all.flatMap((one) => textOf({ ...cell, value: one }) ?? []);
}

const sides: Readonly<Record<string, Split>> = {
  train: "train",
  training: "train",
  validation: "validation",
  valid: "validation",
  val: "validation",
  dev: "validation",
  development: "validation",
  test: "test",
  testing: "test",
  "held-out": "test",
  held_out: "test",
  heldout: "test",
};

/** A side of a split by its usual names. @throws DataError `LIST_VALUE` for another name */
export function splitOf(cell: Cell): Split | undefined {
  const name = nameOf(cell)?.toLowerCase();
  if (name === undefined) return undefined;
  if (Object.hasOwn(sides, name)) return sides[name];
  return refuse(cell, `'${name}' is no side of a split`, `known: ${Object.keys(sides).join(", ")}`);
}

/** True and false as pandas, spreadsheets and people write them. @throws DataError `LIST_VALUE` */
export function truthOf(cell: Cell): boolean | undefined {
  const { value } = cell;
  if (isBlank(value)) return undefined;
  const word = String(value).trim().toLowerCase();
  if (["true", "yes", "1", "1.0"].includes(word)) return true;
  if (["false", "no", "0", "0.0"].includes(word)) return false;
  return refuse(cell, `'${word}' is neither true nor false`, "true or false, yes or no, 1 or 0");
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
