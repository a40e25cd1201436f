import { z } from "@hono/zod-openapi";
import {
  cueFields,
  cueModality,
  evidenceModality,
  evidenceSelector,
  id,
  itemList,
  offset,
  sha256,
  text,
  unit,
  versions,
} from "./fields.ts";

export const evidenceRequest = z
  .strictObject({
    items: itemList(
      z
        .strictObject({ id, text, ...cueFields })
        .refine(({ reference, cues }) => reference === undefined || cues === undefined, {
          message: "give `reference` or `cues`, not both",
          path: ["cues"],
        }),
    ),
    unit: unit.default("utf16"),
    selector: evidenceSelector.optional().openapi({ description: "default: own" }),
  })
  .superRefine(({ items, selector }, context) => {
    if (selector !== "reference") return;
    for (const [index, { reference, cues }] of items.entries()) {
      if (reference !== undefined || cues !== undefined) continue;
      context.addIssue({
        code: "custom",
        path: ["items", index, "reference"],
        message: "selector 'reference' needs the `reference` or its `cues`: they pick the clauses",
        params: { code: "REFERENCE_MISSING" },
      });
    }
  })
  .openapi("EvidenceRequest");

const claim = z
  .object({
    modality: evidenceModality,
    text: z.string(),
    start: offset,
    end: offset,
    reason: z.string().openapi({ description: "what gave it its modality" }),
    repeated: z.boolean().openapi({ description: "says what an earlier claim said; has no spans" }),
    onset: z.boolean().openapi({ description: "first claim of its modality that has spans" }),
    match: z
      .number()
      .nullable()
      .openapi({ description: "s_C: best similarity to a cue, 0 to 1; null without reference" }),
  })
  .openapi("EvidenceClaim");

const span = z
  .object({
    modality: evidenceModality,
    claim: z.int().min(0).openapi({ description: "index in `claims`" }),
    start: offset,
    end: offset,
  })
  .openapi("EvidenceSpan", {
    description: "one content word of a claim: where evidence tokens lie",
  });

const evidenceResult = z
  .object({
    id: z.string(),
    length: offset.openapi({ description: "of the text, in `unit`" }),
    sha256,
    claims: z.array(claim),
    spans: z.array(span),
  })
  .openapi("EvidenceResult");
export type EvidenceResult = z.infer<typeof evidenceResult>;

const clauseSpan = z
  .object({
    modality: evidenceModality.openapi({ description: "that of the cue" }),
    claim: z.int().min(0).openapi({ description: "index in `claims`" }),
    start: offset,
    end: offset,
    cue: z.object({
      index: z.int().min(0).openapi({ description: "among `cues`, or those of the reference" }),
      modality: cueModality,
      text: z.string(),
    }),
    similarity: z.number().openapi({ description: "cosine of clause and cue, above δ" }),
  })
  .openapi("EvidenceClause", { description: "a whole clause: every token of it is evidence" });

const referenceEvidenceResult = evidenceResult
  .extend({
    clauses: z.int().min(0).openapi({ description: "of the reasoning, cut at punctuation" }),
    spans: z.array(clauseSpan),
  })
  .openapi("ReferenceEvidenceResult");
export type ReferenceEvidenceResult = z.infer<typeof referenceEvidenceResult>;
export type EvidenceItem = z.output<typeof evidenceRequest>["items"][number];

export const evidenceAnswer = z
  .object({
    versions,
    unit,
    selector: z
      .literal("own")
      .optional()
      .openapi({ description: "there if the request names one" }),
    results: z.array(evidenceResult),
  })
  .openapi("EvidenceAnswer");

export const referenceEvidenceAnswer = z
  .object({
    versions,
    unit,
    selector: z.literal("reference"),
    delta: z.number().openapi({ description: "δ: cosine that a clause must exceed" }),
    results: z.array(referenceEvidenceResult),
  })
  .openapi("ReferenceEvidenceAnswer");
