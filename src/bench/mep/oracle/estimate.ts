import { BenchError } from "../../../core/errors.ts";
import {
  type BootstrapOptions,
  differenceJoined,
  estimateJoined,
  type JoinedSeries,
} from "../../../core/ratio.ts";
import type { Difference, Estimate, Series, SystemScores } from "./result.ts";

/**
 * Σ numerator ÷ Σ denominator over clips, times `scale`, with a 95 % percentile interval over
 * clips.
 */
export function estimateRatio(
  series: Series,
  scale: number,
  options: BootstrapOptions = {},
): Estimate {
  return estimateJoined([series], "only", scale, options);
}

/**
 * a − b per metric, on the same items: every bootstrap draw takes the same clips for both, so what
 * the clips have in common cancels. `scales` as in the metrics' catalogue.
 * @throws BenchError `COMPARE_ITEMS` when the two were not run on the same clips.
 */
export function compareSeries(
  a: SystemScores,
  b: SystemScores,
  scales: Readonly<Record<string, number>>,
  options: BootstrapOptions = {},
): Record<string, Difference> {
  const out: Record<string, Difference> = {};
  for (const [id, left] of Object.entries(a.series)) {
    const right = b.series[id];
    if (right === undefined) continue;
    if (left.numerator.length !== right.numerator.length) {
      throw new BenchError("COMPARE_ITEMS", `'${a.name}' and '${b.name}' were run on other items`, {
        hint: "evaluate both on the same frozen items",
      });
    }
    out[id] = differenceJoined(only(left), only(right), scales[id] ?? 1, options);
  }
  return out;
}

const only = (series: Series): JoinedSeries => ({ parts: [series], join: "only" });
