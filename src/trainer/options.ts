import { z } from "zod";
import { maskModes, ratioUnits } from "../prompt/masks.ts";

const optimiser = {
  learningRate: z.number().positive().describe("peak learning rate of Adam"),
  clipNorm: z.number().nonnegative().default(1).describe("largest gradient norm; 0: no clipping"),
  weightDecay: z.number().nonnegative().default(0).describe("decoupled weight decay (AdamW)"),
};

/** Supervised cold start. */
export const sftOptions = z.strictObject({
  ...optimiser,
  learningRate: optimiser.learningRate.default(0.003),
  epochs: z.number().int().positive().default(10).describe("passes over the training split"),
  batch: z.number().int().positive().default(64).describe("clips per step"),
  share: z
    .number()
    .gt(0)
    .max(1)
    .default(0.7)
    .describe(
      "share of the training clips that the cold start sees; reinforcement learning takes the others, whose answers it has not learned by heart. 1: both use all",
    ),
  warmupSteps: z.number().int().nonnegative().default(50).describe("linear warm-up"),
  finalLearningRate: z
    .number()
    .min(0)
    .max(1)
    .default(0.05)
    .describe("learning rate at the end of the cosine, as a share of the peak"),
  featureNoise: z
    .number()
    .nonnegative()
    .default(0)
    .describe("augmentation: standard deviation of Gaussian noise added to stream features"),
  checkpointEvery: z.number().int().positive().default(50).describe("steps between checkpoints"),
});
export type SftOptions = z.infer<typeof sftOptions>;

/** Which masked passes the Omni-Perception Loss sees, and how a modality is hidden. */
export const maskOptions = z.strictObject({
  mode: z.enum(maskModes).default("swap").describe("how the hidden modality is replaced"),
  ratio: z
    .number()
    .min(0)
    .max(1)
    .default(0.7)
    .describe("mode ratio: share of the stream that is set to zero, drawn anew each step"),
  unit: z
    .enum(ratioUnits)
    .default("element")
    .describe(
      "mode ratio: element, every feature by itself; frame, whole tokens; block, one piece of time",
    ),
  passes: z
    .enum(["alternate", "both"])
    .default("alternate")
    .describe("one modality per prompt and step, alternating (half the cost), or both"),
});
export type MaskOptions = z.infer<typeof maskOptions>;

/** Guards: a run that learns nothing stops with the reason instead of going on silently. */
export const guardOptions = z.strictObject({
  constantRewardSteps: z
    .number()
    .int()
    .positive()
    .default(5)
    .describe("stop after so many steps in a row in which no group has reward variance"),
  emptyShare: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe("stop when more than this share of a step's completions is empty"),
  zeroGradientSteps: z
    .number()
    .int()
    .positive()
    .default(3)
    .describe("stop after so many steps in a row with different rewards but a gradient of zero"),
  canaryEffect: z
    .number()
    .nonnegative()
    .default(1e-4)
    .describe(
      "smallest mean |Δ log-prob| (nats) that hiding a modality must cause; 0 turns it off",
    ),
  samplerGap: z
    .number()
    .positive()
    .default(0.01)
    .describe("largest mean |Δ log-prob| (nats) between sampler and trainer on the same weights"),
  collapseShare: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe(
      "stop when the recent mean of reward or format falls below this share of the cold start's; 0 turns it off",
    ),
  collapseSteps: z
    .number()
    .int()
    .positive()
    .default(3)
    .describe("steps in a row that it must be so low"),
});
export type GuardOptions = z.infer<typeof guardOptions>;

/** Reinforcement learning: everything variants of one experiment share. */
export const rlOptions = z.strictObject({
  ...optimiser,
  learningRate: optimiser.learningRate.default(0.0007),
  steps: z.number().int().positive().default(120).describe("optimiser steps (rollout batches)"),
  prompts: z.number().int().positive().default(8).describe("clips per step"),
  group: z.number().int().min(2).default(8).describe("G: rollouts per clip"),
  maxTokens: z.number().int().positive().default(64).describe("longest completion"),
  temperature: z
    .number()
    .positive()
    .default(1)
    .describe("sampling temperature of rollouts; the losses assume 1"),
  updatesPerBatch: z
    .number()
    .int()
    .positive()
    .default(1)
    .describe("optimiser steps on one rollout batch; ratios leave 1 from the second on"),
  dynamicSampling: z
    .strictObject({
      enabled: z.boolean().default(false),
      tries: z.number().int().positive().default(3).describe("rollout rounds before giving up"),
    })
    .prefault({})
    .describe("DAPO: replace groups without reward variance by fresh ones"),
  guards: guardOptions.prefault({}),
  checkpointEvery: z.number().int().positive().default(20).describe("steps between checkpoints"),
  rolloutsEvery: z
    .number()
    .int()
    .positive()
    .default(10)
    .describe("steps between recorded rollouts"),
});
export type RlOptions = z.infer<typeof rlOptions>;

/**
 * How a step's rollouts are divided, where a variant does it in its own way. Steps and learning
 * rate are shared: without equal budgets variants could not be compared.
 */
export const variantRlOptions = z.strictObject({
  prompts: rlOptions.shape.prompts.unwrap().optional().describe("clips per step; default: rl's"),
  group: rlOptions.shape.group.unwrap().optional().describe("G: rollouts per clip; default: rl's"),
});
export type VariantRlOptions = z.infer<typeof variantRlOptions>;

/** Options of one variant's training: the shared ones, and what it says itself. */
export function rlOptionsOf(shared: RlOptions, { prompts, group }: VariantRlOptions): RlOptions {
  return {
    ...shared,
    ...(prompts === undefined ? {} : { prompts }),
    ...(group === undefined ? {} : { group }),
  };
}
