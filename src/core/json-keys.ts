import { DataError } from "./errors.ts";
import { limits } from "./limits.ts";

/** Where a JSON text stands: its file, and the line it begins in. */
export interface JsonPlace {
  file: string;
  line?: number;
}

/**
 * Checks a text that was parsed as JSON. `JSON.parse` keeps the last of two members of one name,
 * and nobody would miss the first.
 * @param value what `text` was parsed as
 * @throws DataError `JSON_TWICE` naming key and line; `JSON_DEPTH`
 */
export function checkKeys(
  text: string,
  value: unknown,
  { file, line: first = 1 }: JsonPlace,
): void {
  const kept = keysOf(value, 0, file);
  // Counting is quick, and nearly every text has as many keys as its value.
  if (kept === keysIn(text)) return;
  const twice = firstTwice(text);
  if (twice === undefined) return;
  const { key, line, before } = twice;
  const where = line === before ? "in this line" : `first in line ${before + first - 1}`;
  throw new DataError("JSON_TWICE", `the key '${key}' stands twice in one object, ${where}`, {
    file,
    line: line + first - 1,
    path: key,
    hint: "which of them is meant? Take one out",
  });
}

function keysOf(value: unknown, depth: number, file: string): number {
  if (typeof value !== "object" || value === null) return 0;
  if (depth >= limits.jsonDepth) {
    throw new DataError("JSON_DEPTH", `is nested more than ${limits.jsonDepth} deep`, { file });
  }
  let count = 0;
  if (Array.isArray(value)) {
    for (const one of value) count += keysOf(one, depth + 1, file);
    return count;
  }
  for (const one of Object.values(value)) count += 1 + keysOf(one, depth + 1, file);
  return count;
}

/** Texts that a colon follows. */
function keysIn(text: string): number {
  let count = 0;
  for (let start = text.indexOf('"'); start !== -1; ) {
    const end = closingQuote(text, start);
    if (isKey(text, end)) count++;
    start = text.indexOf('"', end + 1);
  }
  return count;
}

/** Whether a colon follows the closing quote at `end`. */
function isKey(text: string, end: number): boolean {
  let next = end + 1;
  while (text.charCodeAt(next) <= 32) next++;
  return text[next] === ":";
}

function closingQuote(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

function isEscaped(text: string, at: number): boolean {
  let slash = at;
  while (text[slash - 1] === "\\") slash--;
  return (at - slash) % 2 === 1;
}

/** The first key that its object has already. */
function firstTwice(text: string): { key: string; line: number; before: number } | undefined {
  const open: Map<string, number>[] = [];
  const mark = /["{}\n]/g;
  let line = 1;
  for (let found = mark.exec(text); found; found = mark.exec(text)) {
    if (found[0] === "\n") line++;
    else if (found[0] === "{") open.push(new Map());
    else if (found[0] === "}") open.pop();
    else {
      const end = closingQuote(text, found.index);
      mark.lastIndex = end + 1;
      if (!isKey(text, end)) continue;
      const key = JSON.parse(text.slice(found.index, end + 1)) as string;
      const before = open.at(-1)!.get(key);
      if (before !== undefined) return { key, line, before };
      open.at(-1)!.set(key, line);
    }
  }
  return undefined;
}
