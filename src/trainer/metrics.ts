import { mean } from "../core/stats.ts";
import { cueModalities } from "../cues/cue.ts";
import type { ScoredResponse } from "../rewards/scorer.ts";
import type { RolloutRow } from "../runs/record.ts";
import { type Level, levelOf, type WatchedOutcome } from "./collapse.ts";
import { type Group, hasVariance, type Rollout } from "./rollout.ts";

/** Averages over a step's rollouts: what the training curves show. */
export function groupMetrics(groups: readonly Group[]): Record<string, number> {
  const rollouts = groups.flat();
  const average = (value: (response: ScoredResponse) => number) =>
    mean(rollouts.map(({ scored }) => value(scored)));
  const metrics: Record<string, number> = {
    reward: average((response) => response.reward),
    ...termMetrics(rollouts.map(({ scored }) => scored)),
    tokens: mean(rollouts.map((rollout) => rollout.completion.tokens.length)),
    informativeGroups: groups.filter(hasVariance).length / groups.length,
  };
  for (const modality of cueModalities) {
    metrics[`claims/${modality}`] = average(
      ({ claims }) =>
        claims.filter((claim) => claim.modality === modality && !claim.repeated).length,
    );
    metrics[`recall/${modality}`] = average(({ modalities }) => modalities[modality].recall);
  }
  metrics.claims = metrics["claims/visual"]! + metrics["claims/acoustic"]!;
  return metrics;
}

/**
 * Mean of each reward term over the responses that it says something of; where that is not all of
 * them, `left_out/<term>` is the share of the others.
 */
function termMetrics(scored: readonly ScoredResponse[]): Record<string, number> {
  const metrics: Record<string, number> = {};
  const names = new Set(
    scored.flatMap(({ terms, leftOut }) => [...Object.keys(terms), ...leftOut]),
  );
  for (const name of names) {
    const values = scored.flatMap(({ terms }) => terms[name] ?? []);
    if (values.length > 0) metrics[name] = mean(values);
    if (values.length < scored.length)
      metrics[`left_out/${name}`] = 1 - values.length / scored.length;
  }
  return metrics;
}

/** Reward and format for the collapse guard; a reward without a format term never breaks it. */
export function outcomeLevels(groups: readonly Group[]): Record<WatchedOutcome, Level> {
  const level = (value: (response: ScoredResponse) => number) =>
    levelOf(groups.map((group) => group.map(({ scored }) => value(scored))));
  return {
    reward: level(({ reward }) => reward),
    format: level(({ terms }) => terms.format ?? 1),
  };
}

/** Share of rollouts with no text at all. */
export function emptyShare(rollouts: readonly Pick<Rollout, "text">[]): number {
  const empty = rollouts.filter(({ text }) => text.trim() === "").length;
  return rollouts.length === 0 ? 1 : empty / rollouts.length;
}

/** Mean |a − b| over all tokens, in nats where these are log-probs. */
export function meanGap(a: readonly ArrayLike<number>[], b: readonly ArrayLike<number>[]): number {
  let sum = 0;
  let tokens = 0;
  a.forEach((row, index) => {
    for (let t = 0; t < row.length; t++) sum += Math.abs(row[t]! - b[index]![t]!);
    tokens += row.length;
  });
  return tokens === 0 ? 0 : sum / tokens;
}

/** Every rollout of a step, group by group, as rows of `rollouts.jsonl`. */
export function rolloutRows(step: number, groups: readonly Group[]): RolloutRow[] {
  return groups.flatMap((rollouts, group) =>
    rollouts.map(({ example, text, scored }) => {
      const { reward, terms } = scored;
      return { step, group, clip: example.id, response: text, reward, terms };
    }),
  );
}
