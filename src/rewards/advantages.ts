import { RewardError } from "../core/errors.ts";
import { mean, standardDeviation } from "../core/stats.ts";
import type { AdvantageOptions, RewardOptions } from "./options.ts";
import type { RewardTerms } from "./scored.ts";
import type { RewardTerm } from "./term.ts";
import { termsOf } from "./terms.ts";

/** Rewards that differ by less count as equal. */
const constantSpread = 1e-9;
/** Added to standard deviations by z-score and GDPO. */
const zScoreEpsilon = 1e-6;

/** A rollout's reward with its terms; a `ScoredResponse` is one. */
export interface Rewarded {
  reward: number;
  terms: RewardTerms;
}

/**
 * Group-relative advantages of a batch, per group and rollout: each group holds the rollouts of one
 * prompt (docs/method.md#reward). A group of equal rewards, or of one rollout, gets zeros.
 * @throws RewardError REWARD_NOT_FINITE naming group and rollout.
 */
export function batchAdvantages(
  groups: readonly (readonly Rewarded[])[],
  options: RewardOptions,
  table: readonly RewardTerm[] = termsOf(options),
): number[][] {
  requireFinite(groups);
  return options.advantages.normalise === "gdpo"
    ? gdpoAdvantages(groups, options, table)
    : groups.map((group) => groupAdvantages(group.map(rewardOf), options.advantages));
}

/**
 * Advantages of one group: A = (R − mean)/max(std, floor), or the variant asked for.
 * `leave-one-out` is RLOO (2402.14740): the baseline of a rollout is the mean of the others, which
 * it has no part in.
 */
export function groupAdvantages(
  rewards: readonly number[],
  options: Pick<AdvantageOptions, "normalise" | "stdFloor">,
): number[] {
  // Exactly 0, not rounding noise over a tiny deviation.
  if (isConstant(rewards)) return rewards.map(() => 0);
  const centre = mean(rewards);
  const scale = divisor(rewards, options);
  return rewards.map((reward) => (reward - centre) / scale);
}

function divisor(
  values: readonly number[],
  { normalise, stdFloor }: Pick<AdvantageOptions, "normalise" | "stdFloor">,
): number {
  if (normalise === "none") return 1;
  // R − mean of the others = G/(G − 1) · (R − mean of all)
  if (normalise === "leave-one-out") return (values.length - 1) / values.length;
  const deviation = sampleDeviation(values);
  return normalise === "floor" ? Math.max(deviation, stdFloor) : deviation + zScoreEpsilon;
}

/**
 * GDPO: every term is standardised in its group by itself, so that a rare term is not drowned by a
 * frequent one; then weighted, summed, and the whole batch whitened.
 */
function gdpoAdvantages(
  groups: readonly (readonly Rewarded[])[],
  options: RewardOptions,
  table: readonly RewardTerm[],
): number[][] {
  const sums = groups.map((group) =>
    gdpoGroup(
      group.map(({ terms }) => terms),
      options,
      table,
    ),
  );
  const all = sums.flat();
  const centre = mean(all);
  const deviation = sampleDeviation(all) + zScoreEpsilon;
  return sums.map((group) => group.map((sum) => (sum - centre) / deviation));
}

/**
 * Weighted sum of the terms' z-scores, before the batch is whitened. A rollout that a term says
 * nothing of gets nothing from it.
 */
export function gdpoGroup(
  group: readonly RewardTerms[],
  options: RewardOptions,
  table: readonly RewardTerm[] = termsOf(options),
): number[] {
  const sums = group.map(() => 0);
  for (const term of table) {
    const weight = term.weight(options);
    const rated = [...group.keys()].filter((i) => group[i]?.[term.name] !== undefined);
    const scores = groupAdvantages(
      rated.map((i) => group[i]?.[term.name] as number),
      { normalise: "z-score", stdFloor: 0 },
    );
    rated.forEach((i, at) => {
      sums[i] = (sums[i] as number) + weight * (scores[at] as number);
    });
  }
  return sums;
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
