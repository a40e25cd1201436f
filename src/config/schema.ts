import { z } from "zod";
import { benchOptions } from "../bench/mep/oracle/options.ts";
import { corpusOptions } from "../corpus/options.ts";
import { coldStartOptions } from "../data/cold-start/options.ts";
import { lossConfigSchema } from "../loss/options.ts";
import { preferenceSchema } from "../loss/preference/options.ts";
import { featureOptions } from "../media/options.ts";
import { contrastOptions, embeddedOptions, executorOptions } from "../policy/options.ts";
import { rewardOptions } from "../rewards/options.ts";
import { runName, variantName } from "../runs/options.ts";
import { embedderOptions } from "../similarity/options.ts";
import { maskOptions, rlOptions, sftOptions, variantRlOptions } from "../trainer/options.ts";
import { beneath, isMapping } from "./load.ts";
import { type VariantPresetName, variantPresetNames, variantPresets } from "./variant-presets.ts";

/** A variant with what its preset says beneath it; an unknown preset is left to the schema. */
function withPreset(value: unknown): unknown {
  if (!isMapping(value) || !Object.hasOwn(variantPresets, String(value.preset))) return value;
  return beneath(value, variantPresets[value.preset as VariantPresetName].settings);
}

const variantFields = z.strictObject({
  preset: z
    .enum(variantPresetNames)
    .optional()
    .describe(
      "values of reward, loss, mask and group that are not given here (docs/objectives.md)",
    ),
  description: z.string().default("").describe("half a sentence for tables and the report"),
  reward: rewardOptions.prefault({}),
  loss: lossConfigSchema.prefault({}),
  preference: preferenceSchema
    .optional()
    .describe(
      "learns from pairs of its rollouts, the better against the worse, in the place of the policy gradient; loss's other terms stay (Mask-DPO)",
    ),
  mask: maskOptions.prefault({}),
  rl: variantRlOptions
    .prefault({})
    .describe("how this variant divides a step's rollouts, where it differs from rl"),
  training: z
    .enum(["rl", "none"])
    .default("rl")
    .describe("none: the cold start as it is, which decoding alone tells from it"),
  decode: z
    .strictObject({
      contrast: contrastOptions
        .optional()
        .describe("contrastive decoding (VCD) where the system is measured"),
    })
    .prefault({})
    .describe("how its responses are drawn where it is measured; training knows nothing of it"),
});

/** One way of training from the common cold start. */
export const variantOptions = z.preprocess(withPreset, variantFields);

/** Options of whatever source of clips `source` names; the source checks the others. */
const anySource = z.looseObject({ source: z.string() });

/** What is the same for every source of clips. */
const common = {
  name: runName.describe("name of the run folder"),
  seed: z
    .int()
    .default(1)
    .describe("seed of everything: clips or splits, weights, sampling, masks"),
  corpus: corpusOptions.prefault({}).describe("options of the synthetic corpus"),
  features: featureOptions.prefault({}),
  policy: embeddedOptions.prefault({}),
  executor: executorOptions.prefault({ name: "auto" }),
  embedder: embedderOptions,
  coldStart: coldStartOptions.prefault({}),
  sft: sftOptions.prefault({}),
  rl: rlOptions.prefault({}),
  variants: z
    .record(variantName, variantOptions)
    .refine((variants) => Object.keys(variants).length > 0, "at least one variant is needed")
    .describe("systems trained from the cold start, by name"),
  ceiling: z
    .union([z.boolean(), z.literal("all")])
    .default(false)
    .describe(
      "also train the policy on complete and true reasoning: what could be reached; only where the truth is known (synthetic corpus). true: on the cold start's clips, as long as it; all: on every training clip, as many epochs",
    ),
  bench: benchOptions
    .extend({
      tracks: z
        .enum(["auto", "both"])
        .default("auto")
        .describe(
          "auto: oracle where the truth of held-out clips is known, reference elsewhere; both: reference besides",
        ),
    })
    .prefault({}),
};

/**
 * One experiment: clips, a cold start, and variants trained from that one checkpoint with equal
 * budgets, then measured on the same frozen items. The source's own options are not looked at
 * (`experimentSchema`).
 */
export const experimentOptions = z.strictObject({
  ...common,
  data: anySource.prefault({ source: "synthetic" }),
});
export type Experiment = z.infer<typeof experimentOptions>;

/** The schema of experiment files, with the `data` section of the sources that there are. */
export const experimentSchema = (data: z.ZodType<Experiment["data"]>) =>
  z.strictObject({
    ...common,
    data: data.prefault({ source: "synthetic" }).describe("where its clips lie"),
  });

/** JSON Schema of an experiment file, for editors. */
export function experimentJsonSchema(data: z.ZodType<Experiment["data"]>): unknown {
  return z.toJSONSchema(experimentSchema(data), { io: "input" });
}
