/** Where an element of a JSON list, or a member of a JSON object, begins. */
export interface JsonPlace {
  line: number;
  /** Name of the member; null in a list. */
  key: string | null;
}

/**
 * Places of the top elements of a JSON text that is known to parse: `JSON.parse` tells no lines.
 */
export function jsonPlaces(text: string): JsonPlace[] {
  const places: JsonPlace[] = [];
  const list = text.trimStart().startsWith("[");
  let depth = 0;
  let line = 1;
  let expecting = true;
  for (let at = 0; at < text.length; at++) {
    const mark = text[at]!;
    if (mark === "\n") line++;
    if (mark <= " ") continue;
    const starts = depth === 1 && expecting && mark !== "]" && mark !== "}";
    const end = mark === '"' ? stringEnd(text, at) : at;
    if (starts) {
      places.push({ line, key: list ? null : (JSON.parse(text.slice(at, end + 1)) as string) });
      expecting = false;
    }
    if (mark === "{" || mark === "[") depth++;
    if (mark === "}" || mark === "]") depth--;
    if (mark === "," && depth === 1) expecting = true;
    at = end;
  }
  return places;
}

function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
}
