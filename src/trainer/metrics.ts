import { mean } from "../core/stats.ts";
import { cueModalities } from "../cues/cue.ts";
import type { ScoredResponse } from "../rewards/scorer.ts";
import type { RolloutRow } from "../runs/record.ts";
import { hasVariance, type ScoredGroup } from "./collect.ts";

/** Averages over a step's rollouts: what the training curves show. */
export function groupMetrics(groups: readonly ScoredGroup[]): Record<string, number> {
  const scored = groups.flatMap((group) => group.scored);
  const rollouts = groups.flatMap((group) => group.rollouts);
  const average = (value: (response: ScoredResponse) => number) => mean(scored.map(value));
  const metrics: Record<string, number> = {
    reward: average((response) => response.reward),
    accuracy: average((response) => response.accuracy),
    format: average((response) => response.format),
    perception: average((response) => response.perception),
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

/** Every rollout of a step, group by group, as rows of `rollouts.jsonl`. */
export function rolloutRows(step: number, groups: readonly ScoredGroup[]): RolloutRow[] {
  return groups.flatMap(({ rollouts, scored }) =>
    rollouts.map(({ example, text }, index) => {
      const { reward, accuracy, format, perception } = scored[index]!;
      const terms = { accuracy, format, perception };
      return { step, clip: example.id, response: text, reward, terms };
    }),
  );
}
