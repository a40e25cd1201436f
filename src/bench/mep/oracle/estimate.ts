import { BenchError } from "../../../core/errors.ts";
import { type BootstrapOptions, estimateJoined, ratio } from "../../../core/ratio.ts";
import { bootstrap } from "../../../core/stats.ts";
import type { Difference, Estimate, Series, SystemScores } from "./result.ts";

/** Σ numerator ÷ Σ denominator over clips, times `scale`, with a 95 % percentile interval over clips. */
export function estimateRatio(
  series: Series,
  scale: number,
  options: BootstrapOptions = {},
): Estimate {
  return estimateJoined([series], "only", scale, options);
}

/**
 * a − b per metric, on the same items: every bootstrap draw takes the same clips for both, so what the
 * clips have in common cancels. `scales` as in the metrics' catalogue.
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
    out[id] = difference(left, right, scales[id] ?? 1, options);
  }
  return out;
}

function difference(a: Series, b: Series, scale: number, options: BootstrapOptions): Difference {
  const whole = scale * (ratio(a) - ratio(b));
  if (Number.isNaN(whole)) return { difference: null, low: null, high: null };
  const interval = bootstrap(
    a.numerator.length,
    (indices) => scale * (ratio(a, indices) - ratio(b, indices)),
    options,
  );
  return { difference: whole, low: finite(interval.low), high: finite(interval.high) };
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
