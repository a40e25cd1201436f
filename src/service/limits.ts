import { tooManyItems } from "./body/structure.ts";
import type { ServiceOptions } from "./options.ts";
import { fieldName, RequestError } from "./request-error.ts";

/**
 * Refuses too many items, and a text that is too long wherever it stands in one. How long lists are
 * was counted before (`checkStructure`).
 * @throws RequestError 413 ITEMS_TOO_MANY, TEXT_TOO_LONG.
 */
export function checkLimits(items: readonly unknown[], limits: ServiceOptions["limits"]): void {
  const most = Math.min(limits.items, limits.queuedItems);
  if (items.length > most) throw tooManyItems(items.length, most);
  for (const [index, item] of items.entries()) checkValue(`items[${index}]`, item, limits);
}

function checkValue(path: string, value: unknown, limits: ServiceOptions["limits"]): void {
  if (typeof value === "string") {
    if (value.length <= limits.textUnits) return;
    throw new RequestError(413, "TEXT_TOO_LONG", `${value.length} UTF-16 units of text`, {
      path,
      hint: `at most ${limits.textUnits}`,
    });
  }
  if (Array.isArray(value)) {
    for (const [index, part] of value.entries()) checkValue(`${path}[${index}]`, part, limits);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, part] of Object.entries(value)) {
      checkValue(`${path}.${fieldName(key)}`, part, limits);
    }
  }
}
