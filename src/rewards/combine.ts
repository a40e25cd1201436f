import type { RewardWeights } from "./options.ts";

/** The three terms of a reward, each in [0, 1]. */
export interface RewardTerms {
  /** R_acc. */
  accuracy: number;
  /** R_fmt, 0 or 1. */
  format: number;
  /** R_OPR. */
  perception: number;
}

/**
 * R = R_fmt · (w_acc·R_acc + w_fmt + w_opr·R_OPR)/(w_acc + w_fmt + w_opr), in [0, 1] (spec §3: weights
 * 1, .1 and .7, sum 1.8). Format is a gate: there is nothing to farm in it. Without the gate it is one
 * more term. With all weights 0 the reward is 0.
 */
export function combineReward(
  { accuracy, format, perception }: RewardTerms,
  weights: RewardWeights,
  formatGate = true,
): number {
  const sum = weights.accuracy + weights.format + weights.perception;
  if (sum === 0) return 0;
  const content = weights.accuracy * accuracy + weights.perception * perception;
  return formatGate
    ? (format * (content + weights.format)) / sum
    : (content + weights.format * format) / sum;
}
