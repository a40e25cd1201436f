import { z } from "@hono/zod-openapi";
import { cueModality, evidenceModality, offset, sha256, unit, versions } from "./fields.ts";

const share = z.number().min(0).max(1);

/** Made of cosines, which rounding may carry past 1. */
const degree = z.number().min(0);

const clause = z
  .object({
    text: z.string(),
    start: offset,
    end: offset,
    modality: evidenceModality
      .nullable()
      .openapi({ description: "of its cue; null: no visual or acoustic cue above δ" }),
    cue: z.int().nullable().openapi({ description: "index in `cues`" }),
    similarity: z.number().openapi({ description: "cosine with that cue; 0 without one" }),
  })
  .openapi("PaperClause");

const cue = z
  .object({
    modality: cueModality,
    text: z.string(),
    clause: z.int().nullable().openapi({ description: "index of the most similar clause" }),
    similarity: z.number().nullable().openapi({ description: "cosine with it; null without" }),
    score: degree.openapi({ description: "s(c) = max(cosine − δ, 0)/(1 − δ)" }),
  })
  .openapi("PaperCue");

const paperRewardResult = z
  .object({
    id: z.string(),
    clip_id: z.string(),
    length: offset,
    sha256,
    reward: z.number().openapi({ description: "accuracy + format weight · format + α · omni" }),
    terms: z.object({
      accuracy: share,
      format: share,
      omni: degree.openapi({ description: "sum of the three means, 0 to 3" }),
    }),
    detail: z.object({
      accuracy_by: z.enum(["wheels", "words"]).openapi({
        description: "mean F1 of the emotion wheels that know a label, or F1 of label words",
      }),
      means: z
        .object({ visual: degree, acoustic: degree, emotion: degree })
        .openapi({ description: "mean of s(c) over the cues of a kind; 0 without cues" }),
      format_problems: z.array(z.string()),
      clauses: z.array(clause),
      cues: z.array(cue),
    }),
  })
  .openapi("PaperRewardResult");
export type PaperRewardResult = z.infer<typeof paperRewardResult>;

/** Settings that an answer in the printed form names. */
export const paperSettings = z
  .object({
    alpha: z.number().openapi({ description: "α: weight of omni" }),
    delta: z.number().openapi({ description: "δ: cosine above which a cue is paid" }),
    accuracy: z.number().openapi({ description: "weight of accuracy; 1 as printed" }),
    format: z.number().openapi({ description: "weight of format; 1 as printed" }),
  })
  .openapi("PaperSettings");
export type PaperSettings = z.infer<typeof paperSettings>;

export const paperRewardsAnswer = z
  .object({
    versions,
    unit,
    form: z.literal("paper"),
    paper: paperSettings,
    results: z.array(paperRewardResult),
  })
  .openapi("PaperRewardsAnswer");
