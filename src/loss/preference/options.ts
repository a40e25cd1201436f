import { z } from "zod";

/** Learning from pairs of rollouts in the place of the policy gradient. */
export const preferenceSchema = z.strictObject({
  beta: z
    .number()
    .positive()
    .default(0.1)
    .describe("β: how sharply log-ratios to the cold start are compared; DPO's is 0.1"),
  sentences: z
    .enum(["masked", "all"])
    .default("masked")
    .describe(
      "masked: without the false sentences of the chosen and the true ones of the rejected (Mask-DPO); all: every token (DPO)",
    ),
  threshold: z
    .number()
    .gt(0)
    .max(1)
    .default(0.5)
    .describe("match with a cue of the reference from which on a sentence counts as true"),
  pairs: z
    .enum(["best", "ranked"])
    .default("ranked")
    .describe(
      "of each group by reward: best, the best against the worst; ranked, the second against the second to last as well, and so on",
    ),
});

export type PreferenceOptions = z.infer<typeof preferenceSchema>;
