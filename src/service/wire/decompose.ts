import { z } from "@hono/zod-openapi";
import { cue, id, itemList, offset, sha256, text, unit, versions } from "./fields.ts";

export const decomposeRequest = z
  .strictObject({
    items: itemList(z.strictObject({ id, reference: text.min(1) })),
    unit: unit.default("utf16"),
  })
  .openapi("DecomposeRequest");

const decomposeResult = z
  .object({
    id: z.string(),
    length: offset,
    sha256,
    cues: z.array(cue),
    emotions: z
      .array(z.string())
      .openapi({ description: "texts of its emotion cues; the answer is `answer`" }),
    answer: z.string().nullable().openapi({ description: "inside of <answer>, if there is one" }),
  })
  .openapi("DecomposeResult");
export type DecomposeResult = z.infer<typeof decomposeResult>;

export const decomposeAnswer = z
  .object({ versions, unit, results: z.array(decomposeResult) })
  .openapi("DecomposeAnswer");
