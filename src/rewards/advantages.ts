import { RewardError } from "../core/errors.ts";
import { mean, standardDeviation } from "../core/stats.ts";
import type { RewardTerms } from "./combine.ts";
import type { AdvantageOptions, RewardWeights } from "./options.ts";

/** Rewards that differ by less count as equal. */
const constantSpread = 1e-9;
/** Added to standard deviations by z-score and GDPO. */
const zScoreEpsilon = 1e-6;

/** A rollout's reward with its terms; a `ScoredResponse` is one. */
export interface Rewarded extends RewardTerms {
  reward: number;
}

/**
 * Group-relative advantages of a batch, per group and rollout: each group holds the rollouts of one
 * prompt (docs/method.md#reward). A group of equal rewards, or of one rollout, gets zeros.
 * @throws RewardError REWARD_NOT_FINITE naming group and rollout.
 */
export function batchAdvantages(
  groups: readonly (readonly Rewarded[])[],
  options: AdvantageOptions,
  weights: RewardWeights,
): number[][] {
  requireFinite(groups);
  return options.normalise === "gdpo"
    ? gdpoAdvantages(groups, weights)
    : groups.map((group) => groupAdvantages(group.map(rewardOf), options));
}

/** Advantages of one group: A = (R − mean)/max(std, floor), or the variant asked for. */
export function groupAdvantages(
  rewards: readonly number[],
  options: Pick<AdvantageOptions, "normalise" | "stdFloor">,
): number[] {
  // Exactly 0, not rounding noise over a tiny deviation.
  if (isConstant(rewards)) return rewards.map(() => 0);
  const centre = mean(rewards);
  const scale = options.normalise === "none" ? 1 : divisor(rewards, options);
  return rewards.map((reward) => (reward - centre) / scale);
}

function divisor(
  values: readonly number[],
  { normalise, stdFloor }: Pick<AdvantageOptions, "normalise" | "stdFloor">,
): number {
  const deviation = sampleDeviation(values);
  return normalise === "floor" ? Math.max(deviation, stdFloor) : deviation + zScoreEpsilon;
}

/**
 * GDPO: every term is standardised in its group by itself, so that a rare term is not drowned by a
 * frequent one; then weighted, summed, and the whole batch whitened.
 */
function gdpoAdvantages(
  groups: readonly (readonly Rewarded[])[],
  weights: RewardWeights,
): number[][] {
  const sums = groups.map((group) => gdpoGroup(group, weights));
  const all = sums.flat();
  const centre = mean(all);
  const deviation = sampleDeviation(all) + zScoreEpsilon;
  return sums.map((group) => group.map((sum) => (sum - centre) / deviation));
}

/** Weighted sum of the terms' z-scores, before the batch is whitened. */
export function gdpoGroup(group: readonly RewardTerms[], weights: RewardWeights): number[] {
  const terms = (["accuracy", "format", "perception"] as const).map((term) => ({
    weight: weights[term],
    scores: groupAdvantages(
      group.map((rollout) => rollout[term]),
      { normalise: "z-score", stdFloor: 0 },
    ),
  }));
  return group.map((_, i) =>
    terms.reduce((sum, { weight, scores }) => sum + weight * (scores[i] as number), 0),
  );
}

function isConstant(values: readonly number[]): boolean {
  return Math.max(...values) - Math.min(...values) <= constantSpread;
}

/** 0 where it is undefined (one value). */
function sampleDeviation(values: readonly number[]): number {
  return values.length < 2 ? 0 : standardDeviation(values);
}

function requireFinite(groups: readonly (readonly Rewarded[])[]): void {
  for (const [g, group] of groups.entries()) {
    for (const [i, { reward }] of group.entries()) {
      if (Number.isFinite(reward)) continue;
      throw new RewardError("REWARD_NOT_FINITE", `group ${g}, rollout ${i}: reward is ${reward}`, {
        hint: "a reward term of your own must return a number",
      });
    }
  }
}

const rewardOf = ({ reward }: Rewarded): number => reward;
