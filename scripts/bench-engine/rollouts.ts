/**
 * Rollout batches of the demo's size with random words, as the trainer's own `update` takes them.
 */
import { Rng } from "../../src/core/rng.ts";
import type { ClaimTokens } from "../../src/cues/cue.ts";
import { omniPerceptionObjective } from "../../src/loss/objective.ts";
import { resolveLossOptions } from "../../src/loss/presets.ts";
import type { AdamOptions, Policy } from "../../src/policy/port.ts";
import { type MaskedPass, maskedPasses } from "../../src/trainer/passes.ts";
import type { Group } from "../../src/trainer/rollout.ts";
import { type RolloutBatch, update } from "../../src/trainer/update.ts";
import { demo, randomPrompts, randomTokens } from "./subject.ts";

/**
 * `grpo`: no masked pass; `oppo-one`: one stream swapped per clip, as in the demo; `oppo-both`:
 * both.
 */
export const rlSteps = ["grpo", "oppo-one", "oppo-both"] as const;
export type RlStep = (typeof rlSteps)[number];

const losses = {
  grpo: resolveLossOptions({ preset: "none" }),
  "oppo-one": resolveLossOptions({ preset: "counterfactual" }),
  "oppo-both": resolveLossOptions({ preset: "counterfactual" }),
};

/** One rollout batch with its masked passes. */
export interface RlWork {
  batch: RolloutBatch;
  passes: MaskedPass[];
}

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

/** `rollout` log-probs are the policy's own, so that ratios are 1 as on a fresh batch. */
export async function rlWork(policy: Policy, step: RlStep): Promise<RlWork> {
  const rng = new Rng("bench-engine/rollouts");
  const examples = randomPrompts(demo.rl.prompts).map((prompt, index) => ({
    id: prompt.id,
    prompt,
    reference: { cues: [], extractor: "none" },
    label: String(index),
  }));
  const data = examples.flatMap(({ prompt }) =>
    Array.from({ length: demo.rl.group }, () => ({ prompt, tokens: randomTokens(rng) })),
  );
  const rollout = await policy.logprobs(data);
  const groups = examples.map(
    (example, at): Group =>
      Array.from({ length: demo.rl.group }, (_, sample) => {
        const index = at * demo.rl.group + sample;
        const { tokens } = data[index]!;
        const completion = { tokens, logprobs: rollout[index]!, stop: "length" as const };
        return { example, completion, text: "", offsets: [] };
      }),
  );
  const passes =
    step === "grpo"
      ? []
      : maskedPasses(groups, {
          mode: "swap",
          passes: step === "oppo-one" ? "alternate" : "both",
          donors: examples,
          blank: undefined,
          step: 0,
          rng: new Rng("bench-engine/donors"),
        });
  return {
    batch: {
      data,
      rollout,
      advantages: data.map(() => rng.normal()),
      claims: data.map(({ tokens }) => claims(rng, tokens.length)),
      reference: undefined,
    },
    passes,
  };
}

/** The trainer's update of one rollout batch: passes, loss, gradients, optimiser. */
export function rlUpdate(policy: Policy, step: RlStep, work: RlWork, adam: AdamOptions) {
  return update(
    policy,
    work.batch,
    work.passes,
    {
      options: losses[step],
      loss: (samples) => omniPerceptionObjective(samples, losses[step]),
    },
    adam,
    true,
  );
}
