import { z } from "zod";
import { splits } from "./clip-row.ts";

const text = (meaning: string) => z.string().min(1).optional().describe(meaning);

/**
 * A line of clips.jsonl: what `oppo import` and `oppo export clips` write. Unknown fields are
 * refused.
 */
export const clipLine = z
  .strictObject({
    clip_id: z
      .union([z.string().min(1), z.number()])
      .describe("what the clip is called, unlike every other"),
    split: z
      .enum(splits)
      .optional()
      .describe("side of the experiment; drawn where no line has one"),
    group: z
      .union([z.string().min(1), z.number()])
      .optional()
      .describe("speaker, dialogue or film: its clips never stand on two sides of a split"),
    video: text("path of the film, relative to this file, or absolute"),
    audio: text("path of the sound where it is a file of its own; the film's is not heard then"),
    video_features: text("path of a file of features of the picture, [T, D]"),
    audio_features: text("path of a file of features of the sound, [T, D]"),
    reference: text("reasoning: what is seen, what is heard, what that means; <answer> is a label"),
    label: text("the right answer"),
    labels: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe("right answers, in place of label"),
    subtitle: text("what is said in the clip"),
    question: text("what the model is asked, where not the common question"),
    congruent: z.boolean().optional().describe("whether face and voice agree"),
    cold_start: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe("responses for the cold start to imitate"),
  })
  .refine(({ label, labels }) => label === undefined || labels === undefined, {
    message: "give `label` or `labels`, not both",
    path: ["labels"],
  });
export type ClipLine = z.infer<typeof clipLine>;

export const clipLineKeys: readonly string[] = Object.keys(clipLine.shape);

/** JSON Schema of a line of clips.jsonl, for editors and other programs. */
export function clipLineJsonSchema(): unknown {
  return z.toJSONSchema(clipLine, { io: "input" });
}
