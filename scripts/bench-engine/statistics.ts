import { quantile } from "../../src/core/stats.ts";

/** Median of a few rounds, with their quartiles. */
export interface Spread {
  median: number;
  low: number;
  high: number;
  rounds: number;
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    low: quantile(sorted, 0.25),
    high: quantile(sorted, 0.75),
    rounds: sorted.length,
  };
}

/**
 * Ratio round by round, so that a busy moment of the machine, which slows both sides of its round,
 * does not look like a difference. Rounds that only one side has are left out.
 */
export function ratio(values: readonly number[], base: readonly number[]): Spread {
  const rounds = Math.min(values.length, base.length);
  return spread(Array.from({ length: rounds }, (_, round) => values[round]! / base[round]!));
}

export const median = (values: readonly number[]): number => spread(values).median;
