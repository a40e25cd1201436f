import type { ServiceOptions } from "./options.ts";
import { RequestError } from "./request-error.ts";

/** Refuses what is too much for one request. @throws RequestError 413 ITEMS_TOO_MANY, TEXT_TOO_LONG. */
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
      if (typeof value !== "string" || value.length <= limits.textUnits) continue;
      throw new RequestError(413, "TEXT_TOO_LONG", `${value.length} UTF-16 units of text`, {
        path: `items[${index}].${name}`,
        hint: `at most ${limits.textUnits}`,
      });
    }
  }
}
