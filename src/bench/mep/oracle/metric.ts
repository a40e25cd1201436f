import type { Condition } from "../shared/conditions.ts";
import type { ProbeOutcome } from "./probe-outcome.ts";
import type { ModalityTally, Tally } from "./tally.ts";

/** All that was counted about one clip. */
export interface ClipTally {
  congruent: boolean;
  conditions: Partial<Record<Condition, Tally>>;
  probes: readonly ProbeOutcome[];
}

/** A ratio of sums over clips; every number of the benchmark is one. */
export interface Metric {
  id: string;
  label: string;
  unit: "percent" | "count";
  better: "higher" | "lower" | "neither";
  /** What exactly is divided by what. */
  about: string;
  /** What stands in place of a number when the denominator is 0. */
  nothing: string;
  /** Numerator and denominator of one clip; both 0 where it has nothing to count. */
  numerator(clip: ClipTally): number;
  denominator(clip: ClipTally): number;
}

export type Kind = Pick<Metric, "unit" | "better" | "about" | "nothing">;
export type Over = (tally: Tally) => number;
export type Which = (clip: ClipTally) => boolean;

export const any: Which = () => true;
export const congruent: Which = (clip) => clip.congruent;
export const conflict: Which = (clip) => !clip.congruent;

/** A metric over the responses of one condition. */
export function tallied(
  condition: Condition,
  [id, label]: readonly [id: string, label: string],
  kind: Kind,
  numerator: Over,
  denominator: Over,
  which: Which = any,
): Metric {
  const over = (count: Over) => (clip: ClipTally) => {
    const tally = clip.conditions[condition];
    return tally === undefined || !which(clip) ? 0 : count(tally);
  };
  return { id, label, ...kind, numerator: over(numerator), denominator: over(denominator) };
}

/** Percentages: `nothing` says what was missing. */
export const higher = (about: string, nothing = "–"): Kind => ({
  unit: "percent",
  better: "higher",
  about,
  nothing,
});
export const lower = (about: string, nothing = "–"): Kind => ({
  unit: "percent",
  better: "lower",
  about,
  nothing,
});
export const amount = (about: string, better: Metric["better"] = "neither"): Kind => ({
  unit: "count",
  better,
  about,
  nothing: "–",
});

export const both =
  (count: (tally: ModalityTally) => number): Over =>
  (tally) =>
    count(tally.visual) + count(tally.acoustic);
export const responses: Over = (tally) => tally.responses;
export const noClaims = "no claims";
