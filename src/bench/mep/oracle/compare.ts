import { BenchError } from "../../../core/errors.ts";
import { compareSeries } from "./estimate.ts";
import { metricScales } from "./metrics.ts";
import type { Difference, MepResult } from "./result.ts";

/**
 * a − b for every metric, paired over clips, with 95 % bootstrap intervals.
 * @throws BenchError `COMPARE_ITEMS` when the results rest on different items or rules.
 */
export function compare(a: MepResult, b: MepResult): Record<string, Difference> {
  if (a.itemsHash !== b.itemsHash || a.rules !== b.rules) {
    throw new BenchError("COMPARE_ITEMS", `'${a.name}' and '${b.name}' were run on other items`, {
      hint: "evaluate both on the same frozen items",
    });
  }
  return compareSeries(a, b, metricScales, { draws: Number(a.settings.bootstrapDraws) });
}
