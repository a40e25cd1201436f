import { z } from "zod";

const weight = z.number().nonnegative();

/** Weights of the three terms; the reward is divided by their sum, so it stays in [0, 1]. */
export const rewardWeights = z.strictObject({
  accuracy: weight.default(1).describe("weight of the answer's accuracy"),
  format: weight.default(0.1).describe("constant part for a well-formed response"),
  perception: weight
    .default(0.7)
    .describe("weight of the Omni-Perception Reward; 0: plain accuracy + format (GRPO baseline)"),
});

/** How the answer is compared with the label. */
export const accuracyOptions = z.strictObject({
  mode: z
    .enum(["closed", "open"])
    .default("closed")
    .describe("closed: exact label; open: F1 of label lists"),
  maxLabels: z.int().min(1).default(8).describe("open: labels beyond this many are ignored"),
  wheel: z
    .union([z.string().min(1), z.record(z.string(), z.string())])
    .optional()
    .describe(
      "open: folder of the emotion wheel's files, or label → group; labels of one group count as equal",
    ),
});

/** Omni-Perception Reward (docs/method.md#reward). */
export const perceptionOptions = z.strictObject({
  mode: z
    .enum(["recall-budget", "f1"])
    .default("recall-budget")
    .describe("recall-budget: recall × claim budget (an unmatched claim may be true); f1: F-beta"),
  beta: z.number().positive().default(1).describe("f1: weight of recall against precision"),
  budget: z
    .strictObject({
      perCue: z.number().nonnegative().default(1.5).describe("free claims per reference cue"),
      extra: z.number().nonnegative().default(2).describe("free claims on top of those"),
    })
    .prefault({})
    .describe("guard = min(1, (perCue·cues + extra)/claims)"),
  modalityWeights: z
    .strictObject({
      visual: weight.default(1),
      acoustic: weight.default(1),
      emotion: weight.default(0.5),
    })
    .prefault({})
    .describe("weights of the mean over modalities that have cues"),
  balance: z
    .number()
    .min(0)
    .max(1)
    .default(0.3)
    .describe("eta: share of min(visual, acoustic), so that no modality is left out"),
  capacity: z
    .int()
    .min(1)
    .max(2)
    .default(1)
    .describe("cues that one claim may pay; 2 where clause splitting is poor"),
});

/** The reward as OPPO's paper prints it (docs/method.md#reward-as-printed). */
export const paperRewardOptions = z.strictObject({
  alpha: weight.default(0.5).describe("form paper: weight of R_omni (0 to 3)"),
  delta: z
    .number()
    .min(0)
    .lt(1)
    .default(0.5)
    .describe("cosine above which a cue is paid, and above which a clause is evidence"),
  format: weight.default(1).describe("form paper: what a well-formed response is paid"),
});

/** How rewards of a group become advantages. */
export const advantageOptions = z.strictObject({
  normalise: z
    .enum(["floor", "none", "z-score", "leave-one-out", "gdpo"])
    .default("floor")
    .describe(
      "floor: (R − mean)/max(std, stdFloor); none: R − mean; z-score: (R − mean)/(std + 1e-6); leave-one-out: R − mean of the others (RLOO); gdpo: z-score per term, weighted, batch whitened",
    ),
  stdFloor: z
    .number()
    .positive()
    .default(0.1)
    .describe("floor: keeps tiny reward differences from becoming unit advantages"),
});

export const rewardOptions = z.strictObject({
  form: z
    .enum(["oppo", "paper"])
    .default("oppo")
    .describe(
      "oppo: ours, a weighted mean with format as a gate; paper: as printed, R_acc + R_fmt + α R_omni",
    ),
  weights: rewardWeights.prefault({}),
  formatGate: z
    .boolean()
    .default(true)
    .describe("a malformed response gets 0; false: format is one more additive term"),
  accuracy: accuracyOptions.prefault({}),
  perception: perceptionOptions.prefault({}),
  paper: paperRewardOptions.prefault({}),
  advantages: advantageOptions.prefault({}),
});

export type RewardWeights = z.infer<typeof rewardWeights>;
export type AccuracyOptions = z.infer<typeof accuracyOptions>;
export type PaperRewardOptions = z.infer<typeof paperRewardOptions>;
export type PerceptionOptions = z.infer<typeof perceptionOptions>;
export type AdvantageOptions = z.infer<typeof advantageOptions>;
export type RewardOptions = z.infer<typeof rewardOptions>;
