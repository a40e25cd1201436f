import { z } from "@hono/zod-openapi";
import { cueModalities, evidenceModalities } from "../../cues/cue.ts";

/**
 * Text is taken as it comes: no trimming, no normalisation, for offsets and hashes refer to it. A
 * lone surrogate is refused: it has no UTF-8 form, so no other language could compute the same
 * hash.
 */
export const text = z.string().refine((value) => !/\p{Surrogate}/u.test(value), {
  message: "holds half of a surrogate pair, which has no UTF-8 form",
  params: { code: "TEXT_SURROGATE" },
});

export const id = text
  .min(1)
  .max(256)
  .openapi({ description: "the caller's own name of the item; unique in a request, echoed" });

export const unit = z
  .enum(["utf16", "code_point"])
  .openapi({ description: "unit of every offset and length: UTF-16 code units, or code points" });
export type Unit = z.infer<typeof unit>;

export const evidenceModality = z.enum(evidenceModalities);
export const cueModality = z.enum(cueModalities);

export const rewardForm = z.enum(["oppo", "paper"]).openapi({
  description: "oppo: ours; paper: as OPPO's paper prints it, R_acc + R_fmt + α R_omni",
});
export type RewardForm = z.infer<typeof rewardForm>;

export const evidenceSelector = z.enum(["own", "reference"]).openapi({
  description:
    "own: a claim's own words; reference: whole clauses that a cue of the reference stands behind",
});
export type EvidenceSelector = z.infer<typeof evidenceSelector>;

export const sha256 = z
  .string()
  .openapi({ description: "SHA-256 of the text's UTF-8 bytes, hexadecimal" });

export const offset = z.int().min(0);

/** Names and versions of whatever decided something in the answer. */
export const versions = z
  .object({
    service: z.string(),
    extractor: z.string(),
    decomposer: z.string(),
    embedder: z.string(),
    reward: z.string().openapi({ description: "hash of reward settings and thresholds" }),
    judge: z.string().optional(),
  })
  .openapi("Versions");
export type Versions = z.infer<typeof versions>;

export const cue = z
  .object({
    modality: cueModality,
    text: z.string(),
    positive: z.boolean().openapi({ description: "false when denied: no smile" }),
    start: offset,
    end: offset,
  })
  .openapi("Cue", { description: "start and end: where it stands in the reference" });

/** A cue that the caller brings along instead of a reference. */
const givenCue = z
  .strictObject({ modality: cueModality, text: text.min(1), positive: z.boolean().optional() })
  .openapi("GivenCue");
export type GivenCue = z.infer<typeof givenCue>;

export const cueFields = {
  reference: text.min(1).optional().openapi({ description: "reasoning that holds the cues" }),
  cues: z.array(givenCue).optional().openapi({ description: "the cues themselves" }),
};

/** A non-empty list of items with unique ids. */
export function itemList<T extends z.ZodType<{ id: string }>>(item: T) {
  return z
    .array(item)
    .min(1)
    .superRefine((items, context) => {
      const seen = new Map<string, number>();
      for (const [index, { id: own }] of items.entries()) {
        const first = seen.get(own);
        if (first === undefined) seen.set(own, index);
        else {
          context.addIssue({
            code: "custom",
            path: [index, "id"],
            message: `'${own}' is also the id of item ${first}`,
            params: { code: "DUPLICATE_ID" },
          });
        }
      }
    });
}

export const failure = z
  .object({
    error: z.object({
      code: z.string(),
      message: z.string(),
      path: z.string().optional().openapi({ example: "items[3].text" }),
    }),
  })
  .openapi("Failure");
export type Failure = z.infer<typeof failure>;
