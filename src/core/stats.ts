import { recent, remembered } from "./recent.ts";
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

export interface BootstrapOptions {
  draws?: number;
  level?: number;
  seed?: number | string;
}

/**
 * Percentile bootstrap interval of a statistic over items: `statistic` gets item indices drawn with
 * replacement. Draws on which the statistic is NaN (empty denominator) are left out.
 */
export function bootstrap(
  items: number,
  statistic: (indices: Int32Array) => number,
  { level, ...options }: BootstrapOptions = {},
): Interval {
  return intervalOfDraws(bootstrapDraws(items, statistic, options), level);
}

/**
 * What `statistic` gives on each draw: for several statistics of the same draws, or sums over data
 * sets.
 */
export function bootstrapDraws<Value>(
  items: number,
  statistic: (indices: Int32Array) => Value,
  { draws = 1000, seed = "bootstrap" }: Omit<BootstrapOptions, "level"> = {},
): Value[] {
  const known = rememberedDraws(items, draws, seed);
  if (known) return known.map(statistic);
  return Array.from(drawn(items, draws, seed), statistic);
}

/** Item indices of each draw; the array is filled anew for the next. */
function* drawn(items: number, draws: number, seed: number | string): Generator<Int32Array> {
  const rng = new Rng(seed);
  const indices = new Int32Array(items);
  for (let draw = 0; draw < draws; draw++) {
    for (let i = 0; i < items; i++) indices[i] = rng.int(items);
    yield indices;
  }
}

/** Indices kept of one sample, 16 MB. */
const mostRemembered = 4e6;
/** Draws of the last few samples: a report asks hundreds of statistics of the same. */
const lastDraws = recent<Int32Array[]>(4);

function rememberedDraws(items: number, draws: number, seed: number | string) {
  if (items * draws > mostRemembered) return undefined;
  const key = `${items}/${draws}/${typeof seed}/${seed}`;
  return remembered(lastDraws, key, () =>
    Array.from(drawn(items, draws, seed), (indices) => indices.slice()),
  );
}

/** Percentile interval of drawn values; NaN ones are left out. */
export function intervalOfDraws(draws: readonly number[], level = 0.95): Interval {
  const values = draws.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const tail = (1 - level) / 2;
  return { low: quantile(values, tail), high: quantile(values, 1 - tail) };
}
