import { bootstrap } from "./stats.ts";

/**
 * Numerator and denominator per item, in the items' order: what intervals and pairing are made of.
 */
export interface Series {
  numerator: number[];
  denominator: number[];
}

/** A series of what each item has counted. */
export function seriesOf(counted: readonly (readonly [part: number, whole: number])[]): Series {
  return {
    numerator: counted.map(([part]) => part),
    denominator: counted.map(([, whole]) => whole),
  };
}

/**
 * A statistic over items with its 95 % percentile bootstrap interval; `null` where nothing was
 * counted.
 */
export interface Estimate {
  value: number | null;
  low: number | null;
  high: number | null;
  /** What the number rests on: the denominator. */
  n: number;
}

export interface BootstrapOptions {
  draws?: number;
  seed?: number | string;
}

/**
 * Σ numerator ÷ Σ denominator, over all items or over the drawn ones. NaN when the denominator is
 * 0.
 */
export function ratio(series: Series, indices?: Int32Array): number {
  if (indices === undefined) return sum(series.numerator) / sum(series.denominator);
  let numerator = 0;
  let denominator = 0;
  for (const index of indices) {
    numerator += series.numerator[index]!;
    denominator += series.denominator[index]!;
  }
  return denominator === 0 ? Number.NaN : numerator / denominator;
}

/**
 * How several ratios become one number. `harmonic` of recall and precision is F1; 0 where both are
 * 0.
 */
export type Join = "only" | "mean" | "harmonic";

/**
 * A joined statistic of ratios over the same items, times `scale`, with an interval over items. A
 * ratio without denominator is left out of a mean; a harmonic mean needs both.
 */
export function estimateJoined(
  parts: readonly Series[],
  join: Join,
  scale: number,
  options: BootstrapOptions = {},
): Estimate {
  const n = parts.reduce((total, part) => total + sum(part.denominator), 0);
  const value = joined(
    parts.map((part) => ratio(part)),
    join,
  );
  if (n === 0 || Number.isNaN(value)) return { value: null, low: null, high: null, n };
  const items = parts[0]?.numerator.length ?? 0;
  const interval = bootstrap(
    items,
    (indices) =>
      scale *
      joined(
        parts.map((part) => ratio(part, indices)),
        join,
      ),
    options,
  );
  return { value: scale * value, low: finite(interval.low), high: finite(interval.high), n };
}

/** a − b on the same items, paired over them. */
export interface Difference {
  difference: number | null;
  low: number | null;
  high: number | null;
}

/** A statistic taken apart: the ratios it joins, each over the same items. */
export interface JoinedSeries {
  parts: readonly Series[];
  join: Join;
}

/**
 * a − b, times `scale`: every bootstrap draw takes the same items for both, so what the items have
 * in common cancels. `null` where either is not defined.
 */
export function differenceJoined(
  a: JoinedSeries,
  b: JoinedSeries,
  scale: number,
  options: BootstrapOptions = {},
): Difference {
  const minus = (indices?: Int32Array): number => {
    const of = ({ parts, join }: JoinedSeries) =>
      joined(
        parts.map((part) => ratio(part, indices)),
        join,
      );
    return scale * (of(a) - of(b));
  };
  const whole = minus();
  if (Number.isNaN(whole)) return { difference: null, low: null, high: null };
  const interval = bootstrap(a.parts[0]?.numerator.length ?? 0, minus, options);
  return { difference: whole, low: finite(interval.low), high: finite(interval.high) };
}

function joined(values: readonly number[], join: Join): number {
  if (join === "harmonic") {
    const [a = Number.NaN, b = Number.NaN] = values;
    return a + b === 0 ? 0 : (2 * a * b) / (a + b);
  }
  const known = values.filter((value) => !Number.isNaN(value));
  return known.length === 0 ? Number.NaN : sum(known) / known.length;
}

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
