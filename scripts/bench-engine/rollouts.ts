/**
 * Rollout batches of the demo's size with random words, as the trainer's own `update` takes them.
 */
import { Rng } from "../../src/core/rng.ts";
import type { ClaimTokens } from "../../src/cues/cue.ts";
import { resolveLossOptions } from "../../src/loss/presets.ts";
import type { AdamOptions, Policy } from "../../src/policy/port.ts";
import { maskKind } from "../../src/prompt/masks.ts";
import { hidePrompts, type MaskPlan, streamsToHide } from "../../src/trainer/hide.ts";
import type { TrainingRollout } from "../../src/trainer/rollout.ts";
import { readAt, update } from "../../src/trainer/step.ts";
import { demo, randomPrompts, randomTokens } from "./subject.ts";

/**
 * `grpo`: no masked pass; `oppo-one`: one stream swapped per clip, as in the demo; `oppo-both`:
 * both.
 */
export const rlSteps = ["grpo", "oppo-one", "oppo-both"] as const;
export type RlStep = (typeof rlSteps)[number];

const losses = {
  grpo: resolveLossOptions({ preset: "none" }),
  "oppo-one": resolveLossOptions({ preset: "oppo-swap" }),
  "oppo-both": resolveLossOptions({ preset: "oppo-swap" }),
};

const masks = {
  grpo: { passes: "alternate" },
  "oppo-one": { passes: "alternate" },
  "oppo-both": { passes: "both" },
} as const;

/** Last tokens of a demo's response, which hold no claim: its conclusion, tags and answer. */
const conclusion = 10;

/**
 * Claims have two evidence tokens, two claims a modality: the cold start's 3.5 claims, rounded up.
 */
function claims(rng: Rng, length: number): ClaimTokens[] {
  const tokens = rng.shuffle(Array.from({ length: length - conclusion }, (_, index) => index));
  return (["visual", "acoustic", "visual", "acoustic"] as const).map((modality, index) => ({
    modality,
    heads: tokens.slice(2 * index, 2 * index + 2),
    match: rng.float(),
  }));
}

/** The policy's own log-probs stand for the sampler's, so that ratios are 1 as on a fresh batch. */
export async function rlWork(policy: Policy, step: RlStep): Promise<TrainingRollout[]> {
  const rng = new Rng("bench-engine/rollouts");
  const examples = randomPrompts(demo.rl.prompts).map((prompt, index) => ({
    id: prompt.id,
    prompt,
    reference: { cues: [], extractor: "none" },
    labels: [String(index)],
  }));
  const data = examples.flatMap(({ prompt }) =>
    Array.from({ length: demo.rl.group }, () => ({ prompt, tokens: randomTokens(rng) })),
  );
  const sampled = await policy.logprobs(data);
  const plan: MaskPlan = {
    kind: maskKind("swap"),
    donors: examples,
    blank: undefined,
    rng: new Rng("bench-engine/donors"),
  };
  const hidden = examples.map((example, at) =>
    hidePrompts(example, streamsToHide({ loss: losses[step], mask: masks[step] }, 0, at), plan),
  );
  const advantages = data.map(() => rng.normal());
  return data.map(({ tokens }, index) => {
    const group = Math.floor(index / demo.rl.group);
    const located = claims(rng, tokens.length);
    return {
      example: examples[group]!,
      completion: { tokens, logprobs: sampled[index]!, stop: "length" },
      advantage: advantages[index]!,
      claims: located,
      hidden: readAt(hidden[group]!, { loss: losses[step] }, located),
    };
  });
}

/** The trainer's update of one rollout batch: passes, loss, gradients, optimiser. */
export const rlUpdate = (
  policy: Policy,
  step: RlStep,
  rollouts: readonly TrainingRollout[],
  adam: AdamOptions,
) => update(policy, rollouts, losses[step], {}, adam, true);
