import type { ServiceOptions } from "./options.ts";
import { RequestError } from "./request-error.ts";

/**
 * Refuses what is too much for one request, also inside of cues and labels.
 * @throws RequestError 413 ITEMS_TOO_MANY, CUES_TOO_MANY, LABELS_TOO_MANY, TEXT_TOO_LONG.
 */
export function checkLimits(
  items: readonly Readonly<Record<string, unknown>>[],
  limits: ServiceOptions["limits"],
): void {
  const most = Math.min(limits.items, limits.queuedItems);
  if (items.length > most) {
    throw new RequestError(413, "ITEMS_TOO_MANY", `${items.length} items in one request`, {
      path: "items",
      hint: `at most ${most}; split the batch`,
    });
  }
  for (const [index, item] of items.entries()) {
    for (const [name, value] of Object.entries(item)) {
      checkValue(`items[${index}].${name}`, name, value, limits);
    }
  }
}

/**
 * Texts and lists of them, at any depth. Matching cues to claims costs more than in proportion to
 * them.
 */
function checkValue(
  path: string,
  name: string,
  value: unknown,
  limits: ServiceOptions["limits"],
): void {
  if (typeof value === "string") {
    if (value.length <= limits.textUnits) return;
    throw new RequestError(413, "TEXT_TOO_LONG", `${value.length} UTF-16 units of text`, {
      path,
      hint: `at most ${limits.textUnits}`,
    });
  }
  if (Array.isArray(value)) {
    if (value.length > limits.cues) {
      throw new RequestError(413, `${name.toUpperCase()}_TOO_MANY`, `${value.length} ${name}`, {
        path,
        hint: `at most ${limits.cues} an item`,
      });
    }
    for (const [index, part] of value.entries())
      checkValue(`${path}[${index}]`, name, part, limits);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  for (const [key, part] of Object.entries(value)) checkValue(`${path}.${key}`, key, part, limits);
}
