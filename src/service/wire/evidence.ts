import { z } from "@hono/zod-openapi";
import {
  cueFields,
  evidenceModality,
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
export type EvidenceItem = z.output<typeof evidenceRequest>["items"][number];

export const evidenceAnswer = z
  .object({ versions, unit, results: z.array(evidenceResult) })
  .openapi("EvidenceAnswer");
