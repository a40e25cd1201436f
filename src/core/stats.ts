import { Rng } from "./rng.ts";

export function mean(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i] as number;
  return values.length === 0 ? Number.NaN : total / values.length;
}

/** Standard deviation with divisor n − `ddof` (1: sample, 0: population). NaN when undefined. */
export function standardDeviation(values: ArrayLike<number>, ddof = 1): number {
  if (values.length <= ddof) return Number.NaN;
  const centre = mean(values);
  let total = 0;
  for (let i = 0; i < values.length; i++) total += ((values[i] as number) - centre) ** 2;
  return Math.sqrt(total / (values.length - ddof));
}

export interface Interval {
  low: number;
  high: number;
}

/** Quantile of sorted values, linear interpolation (numpy's default). */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)] as number;
  const high = sorted[Math.ceil(at)] as number;
  return low + (high - low) * (at - Math.floor(at));
}

/**
 * Percentile bootstrap interval of a statistic over items: `statistic` gets item indices drawn with
 * replacement. Draws on which the statistic is NaN (empty denominator) are left out.
 */
export function bootstrap(
  items: number,
  statistic: (indices: Int32Array) => number,
  options: { draws?: number; level?: number; seed?: number | string } = {},
): Interval {
  const { draws = 1000, level = 0.95, seed = "bootstrap" } = options;
  const rng = new Rng(seed);
  const indices = new Int32Array(items);
  const values: number[] = [];
  for (let draw = 0; draw < draws; draw++) {
    for (let i = 0; i < items; i++) indices[i] = rng.int(items);
    const value = statistic(indices);
    if (!Number.isNaN(value)) values.push(value);
  }
  values.sort((a, b) => a - b);
  const tail = (1 - level) / 2;
  return { low: quantile(values, tail), high: quantile(values, 1 - tail) };
}
