import { z } from "zod";

/** Responses for the cold start to imitate, where the source has none of its own. */
export const coldStartOptions = z.strictObject({
  from: z
    .enum(["cues", "whole"])
    .default("cues")
    .describe(
      "cues: short sentences made of the reference's cues; whole: the reference as it is written",
    ),
  texts: z
    .int()
    .min(1)
    .default(8)
    .describe("cues: texts per clip, drawn anew; one alone is learned by heart"),
  mention: z
    .number()
    .gt(0)
    .max(1)
    .default(0.7)
    .describe("cues: probability that a text mentions a cue"),
});
export type ColdStartOptions = z.infer<typeof coldStartOptions>;
