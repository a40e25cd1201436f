import { mean, standardDeviation } from "../core/stats.ts";

/** What must not fall far below the cold start's: both lie in 0..1. */
export const watchedOutcomes = ["reward", "format"] as const;
export type WatchedOutcome = (typeof watchedOutcomes)[number];

/** An outcome in one step. */
export interface Level {
  mean: number;
  /** Standard error of the mean: clips differ, and a step sees few of them. */
  error: number;
}

/** An outcome over the steps of a run. */
export interface Watch {
  /** Its mean in the first step, whose rollouts are the cold start's own. */
  start: number;
  /** What it was there in all likelihood: two standard errors less. */
  sure: number;
  /** Exponential mean of the steps so far. */
  recent: number;
  /** Steps in a row in which `recent` was too low. */
  low: number;
}

/** Of the earlier steps in `recent`; single steps swing by half their mean in the demo. */
const smoothing = 0.8;
/** A cold start that reaches less has nothing that could collapse. */
const leastSure = 0.1;

/** Level of a step from its values by group; one group alone says nothing of how clips differ. */
export function levelOf(groups: readonly (readonly number[])[]): Level {
  const means = groups.map((values) => mean(values));
  const error = means.length < 2 ? 1 : standardDeviation(means) / Math.sqrt(means.length);
  return { mean: mean(groups.flat()), error };
}

/** @param share of the start below which `recent` is too low; 0: never. */
export function watchLevel(watch: Watch | undefined, level: Level, share: number): Watch {
  if (!watch) {
    const sure = Math.max(0, level.mean - 2 * level.error);
    return { start: level.mean, sure, recent: level.mean, low: 0 };
  }
  const recent = smoothing * watch.recent + (1 - smoothing) * level.mean;
  const tooLow = watch.sure >= leastSure && recent < share * watch.sure;
  return { ...watch, recent, low: tooLow ? watch.low + 1 : 0 };
}
