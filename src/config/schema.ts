import { z } from "zod";
import { benchOptions } from "../bench/mep/oracle/options.ts";
import { corpusOptions } from "../corpus/options.ts";
import { lossConfigSchema } from "../loss/options.ts";
import { featureOptions } from "../media/options.ts";
import { embeddedOptions, executorOptions } from "../policy/options.ts";
import { rewardOptions } from "../rewards/options.ts";
import { embedderOptions } from "../similarity/options.ts";
import { maskOptions, rlOptions, sftOptions } from "../trainer/options.ts";

/** One way of training from the common cold start. */
export const variantOptions = z.strictObject({
  description: z.string().default("").describe("half a sentence for tables and the report"),
  reward: rewardOptions.prefault({}),
  loss: lossConfigSchema.prefault({}),
  mask: maskOptions.prefault({}),
});
export type VariantOptions = z.infer<typeof variantOptions>;

/**
 * One experiment: a corpus, a cold start, and variants trained from that one checkpoint with equal
 * budgets, then measured on the same frozen items.
 */
export const experimentOptions = z.strictObject({
  name: z
    .string()
    .regex(/^[\w.-]+$/, "letters, digits, '.', '_' and '-' only")
    .describe("name of the run folder"),
  seed: z.int().default(1).describe("seed of everything: corpus, weights, sampling, masks"),
  corpus: corpusOptions.prefault({}),
  features: featureOptions.prefault({}),
  policy: embeddedOptions.prefault({}),
  executor: executorOptions.prefault({ name: "auto" }),
  embedder: embedderOptions,
  sft: sftOptions.prefault({}),
  rl: rlOptions.prefault({}),
  variants: z
    .record(z.string().regex(/^[\w.-]+$/), variantOptions)
    .refine((variants) => Object.keys(variants).length > 0, "at least one variant is needed")
    .describe("systems trained from the cold start, by name"),
  bench: benchOptions.prefault({}),
});
export type Experiment = z.infer<typeof experimentOptions>;

/** JSON Schema of an experiment file, for editors. */
export function experimentJsonSchema(): unknown {
  return z.toJSONSchema(experimentOptions, { io: "input" });
}
