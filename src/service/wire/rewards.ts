import { z } from "@hono/zod-openapi";
import { type RewardTermName, rewardTerms } from "../../rewards/terms.ts";
import {
  cueFields,
  cueModality,
  id,
  itemList,
  offset,
  rewardForm,
  sha256,
  text,
  unit,
  versions,
} from "./fields.ts";

const labels = z
  .union([text.min(1), z.array(text.min(1)).min(1)])
  .optional()
  .openapi({ description: "true label or labels; default: the reference's own <answer>" });

export const rewardsRequest = z
  .strictObject({
    items: itemList(
      z
        .strictObject({ id, clip_id: text.min(1), response: text, ...cueFields, labels })
        .refine(({ reference, cues }) => (reference === undefined) !== (cues === undefined), {
          message: "give `reference` or `cues`, one of the two",
          path: ["reference"],
        }),
    ),
    unit: unit.default("utf16"),
    form: rewardForm.optional().openapi({ description: "default: the server's `reward.form`" }),
  })
  .openapi("RewardsRequest");

const share = z.number().min(0).max(1);

const modalityDetail = z
  .object({
    cues: z.int(),
    claims: z.number().openapi({ description: "a claim that names s states counts s" }),
    recall: share,
    precision: share,
    f1: share,
    guard: share.openapi({ description: "1 within the claim budget" }),
    score: share.openapi({ description: "what enters the reward, by the reward's mode" }),
  })
  .openapi("ModalityDetail");

const scoredClaim = z
  .object({
    modality: cueModality,
    text: z.string(),
    start: offset,
    end: offset,
    repeated: z.boolean(),
    match: share.openapi({ description: "s_C: best similarity to a cue of its modality" }),
    recovered: z.int().nullable().openapi({ description: "index of the cue it was paid for" }),
  })
  .openapi("ScoredClaim");

const scoredCue = z
  .object({
    modality: cueModality,
    text: z.string(),
    recovered: z.int().nullable().openapi({ description: "index of the claim that recovered it" }),
    similarity: share.openapi({ description: "of that claim; 0 if missed" }),
  })
  .openapi("ScoredCue");

/** A score for each term of the reward. */
const termShares = Object.fromEntries(rewardTerms.map(({ name }) => [name, share])) as Record<
  RewardTermName,
  typeof share
>;

const rewardResult = z
  .object({
    id: z.string(),
    clip_id: z.string(),
    length: offset,
    sha256,
    reward: z.number(),
    terms: z.object(termShares),
    detail: z.object({
      visual: modalityDetail,
      acoustic: modalityDetail,
      emotion: modalityDetail,
      format_problems: z.array(z.string()),
      claims: z.array(scoredClaim),
      cues: z.array(scoredCue),
    }),
  })
  .openapi("RewardResult");
export type RewardResult = z.infer<typeof rewardResult>;
export type RewardItem = z.output<typeof rewardsRequest>["items"][number];

export const rewardsAnswer = z
  .object({
    versions,
    unit,
    form: z.literal("oppo").optional().openapi({ description: "there if the request names one" }),
    results: z.array(rewardResult),
  })
  .openapi("RewardsAnswer");
