import { z } from "zod";

/** What the frozen items are made of. A change gives other items, and another hash. */
export const itemOptions = z.strictObject({
  split: z.enum(["train", "validation", "test"]).default("test").describe("Split of the items."),
  clips: z
    .int()
    .min(2)
    .optional()
    .describe(
      "Largest number of clips, half of them conflicts where there are enough. Unset: all.",
    ),
  probesPerModality: z
    .int()
    .min(0)
    .default(2)
    .describe("Statement pairs per clip and modality, decided by log-prob."),
  seed: z
    .union([z.int(), z.string()])
    .default("mep-items")
    .describe("Seed of donors, probed cues and paraphrases."),
});

/** How a policy is run over the items. */
export const evaluationOptions = z.strictObject({
  temperature: z
    .number()
    .min(0)
    .default(1)
    .describe("Sampling temperature. Greedy decoding (0) hides cues: paraphrases split the mode."),
  samplesPerClip: z.int().min(1).default(1).describe("Responses per clip with full input."),
  maxTokens: z.int().min(1).default(64).describe("Longest response, in tokens."),
  seed: z.union([z.int(), z.string()]).default("mep").describe("Seed of sampling and bootstrap."),
  maskedClips: z
    .int()
    .min(0)
    .optional()
    .describe("Clips that are also run with hidden or exchanged streams, and blind. Unset: all."),
  recordClips: z
    .int()
    .min(0)
    .default(8)
    .describe("Clips whose first response is kept with its log-prob drop per token."),
  dropMask: z
    .enum(["swap", "blank", "drop"])
    .default("swap")
    .describe("How a stream is hidden for the log-prob drops that are kept."),
  bootstrapDraws: z.int().min(100).default(1000).describe("Bootstrap draws per interval."),
  chunk: z.int().min(1).default(64).describe("Prompts per call of the policy."),
});

export const benchOptions = z.strictObject({
  items: itemOptions.prefault({}).describe("The frozen items."),
  evaluation: evaluationOptions.prefault({}).describe("How policies are run over them."),
});

export type ItemOptions = z.infer<typeof itemOptions>;
export type EvaluationOptions = z.infer<typeof evaluationOptions>;
export type BenchOptions = z.infer<typeof benchOptions>;
