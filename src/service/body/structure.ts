import { RequestError } from "../request-error.ts";

/** How many values a request may hold, and where. */
export interface StructureLimits {
  items: number;
  /** In a list of an item: cues, labels. */
  list: number;
}

/** `{"items": [{"cues": [{"text": ""}]}]}`: deeper than that nothing of a request stands. */
const depths = { items: 2, list: 4, most: 5 };
/** More fields than an object of a request has, misspelt ones included. */
const mostFields = 64;

/**
 * Counts the values of a JSON text before any of them is made: a million empty objects take
 * gigabytes once a schema has complained about each. What is no JSON passes; the parser says so.
 * @throws RequestError 413 ITEMS_TOO_MANY, CUES_TOO_MANY, LABELS_TOO_MANY, LIST_TOO_LONG; 400
 *   INVALID_REQUEST for an object with too many fields, and for lists in lists.
 */
export function checkStructure(text: string, limits: StructureLimits): void {
  /** Commas at each depth since its value began. */
  const commas = [0, 0, 0, 0, 0, 0, 0];
  const opened = ["", "", "", "", "", "", ""];
  const names = ["", "", "", "", "", "", ""];
  let depth = 0;
  let name = "";
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '"': {
        const end = endOfString(text, at);
        name = text.slice(at + 1, Math.min(end, at + 17));
        at = end;
        break;
      }
      case "{":
      case "[":
        if (++depth > depths.most) throw tooDeep();
        commas[depth] = 0;
        opened[depth] = text[at]!;
        names[depth] = name;
        break;
      case ",":
        commas[depth]!++;
        break;
      case "}":
      case "]":
        checkCount(depth, opened[depth]!, names[depth]!, commas, limits);
        depth = Math.max(0, depth - 1);
        break;
    }
  }
  // A text that is cut is no JSON; what is open in it counts all the same.
  for (; depth > 0; depth--) checkCount(depth, opened[depth]!, names[depth]!, commas, limits);
}

/** Index of the closing quotation mark; the text's length where there is none. */
function endOfString(text: string, start: number): number {
  for (let from = start + 1; ; ) {
    const end = text.indexOf('"', from);
    if (end === -1) return text.length;
    let slash = end;
    while (slash > from && text[slash - 1] === "\\") slash--;
    if ((end - slash) % 2 === 0) return end;
    from = end + 1;
  }
}

function checkCount(
  depth: number,
  opened: string,
  name: string,
  commas: readonly number[],
  { items, list }: StructureLimits,
): void {
  const count = commas[depth]! + 1;
  if (opened === "{") {
    if (count > mostFields) throw tooManyFields(count, depth, commas);
    return;
  }
  if (depth === depths.items) {
    if (count > items) throw tooManyItems(count, items);
  } else if (count > list) {
    const known = name === "cues" || name === "labels";
    const path = depth === depths.list ? `items[${commas[depths.items]}]` : "body";
    throw new RequestError(
      413,
      known ? `${name.toUpperCase()}_TOO_MANY` : "LIST_TOO_LONG",
      `${count} ${known ? name : "values in a list"}`,
      { path: known ? `${path}.${name}` : path, hint: `at most ${list} an item` },
    );
  }
}

export const tooManyItems = (count: number, most: number): RequestError =>
  new RequestError(413, "ITEMS_TOO_MANY", `${count} items in one request`, {
    path: "items",
    hint: `at most ${most}; split the batch`,
  });

function tooManyFields(count: number, depth: number, commas: readonly number[]): RequestError {
  const path = depth > depths.items ? `items[${commas[depths.items]}]` : "body";
  return new RequestError(400, "INVALID_REQUEST", `${path}: an object with ${count} fields`, {
    path,
    hint: "most of them are fields that no request has",
  });
}

const tooDeep = (): RequestError =>
  new RequestError(400, "INVALID_REQUEST", `body: values nested deeper than ${depths.most} levels`);
