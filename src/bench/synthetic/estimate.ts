import { BenchError } from "../../core/errors.ts";
import { bootstrap } from "../../core/stats.ts";
import type { Difference, Estimate, Series, SystemScores } from "./result.ts";

export interface BootstrapOptions {
  draws?: number;
  seed?: number | string;
}

/** Σ numerator ÷ Σ denominator over clips, times `scale`, with a 95 % percentile interval over clips. */
export function estimateRatio(
  series: Series,
  scale: number,
  options: BootstrapOptions = {},
): Estimate {
  const n = sum(series.denominator);
  if (n === 0) return { value: null, low: null, high: null, n: 0 };
  const interval = bootstrap(
    series.denominator.length,
    (indices) => scale * ratio(series, indices),
    options,
  );
  return {
    value: (scale * sum(series.numerator)) / n,
    low: finite(interval.low),
    high: finite(interval.high),
    n,
  };
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

/** NaN when the denominator is 0. */
function ratio(series: Series, indices?: Int32Array): number {
  if (indices === undefined) return sum(series.numerator) / sum(series.denominator);
  let numerator = 0;
  let denominator = 0;
  for (const index of indices) {
    numerator += series.numerator[index] as number;
    denominator += series.denominator[index] as number;
  }
  return denominator === 0 ? Number.NaN : numerator / denominator;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
