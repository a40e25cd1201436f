import { oppoPaper, type PublishedRow } from "../benchmark-published.ts";

const row = (
  model: string,
  recall: number,
  video: number,
  audio: number,
  remark?: string,
): PublishedRow => ({
  model,
  source: oppoPaper,
  judge: "Qwen2.5-7B-Instruct as decomposer, Qwen3-Embedding at .6",
  ...(remark !== undefined && { remark }),
  values: { "cue recall": recall, "Acc@V": video, "Acc@A": audio },
});

/** What any model is to be read against: neither needs to see or hear anything. */
const line = (model: string, masked: number, intact: number): PublishedRow => ({
  model,
  source: "by definition",
  values: {
    "Acc@V": masked,
    "Acc@A": masked,
    "intact V": intact,
    "intact A": intact,
  },
});

/** MEP-Bench as the paper prints it, in percent, under two models that only guess. */
export const publishedMepPaper: readonly PublishedRow[] = [
  line("always no", 100, 0),
  line("a coin", 50, 50),
  row("AffectGPT", 49.14, 35, 26),
  row("Qwen2.5-Omni, SFT", 53, 57, 33.8),
  row("AffectGPT-R1", 54.85, 54.2, 30),
  row("HumanOmniV2", 80.17, 48.4, 37.6, "cold-started on OV-MERD, whose samples these are"),
  row("GRPO, task and format", 58, 59.2, 33),
  row("GRPO + R_omni", 62.55, 64.8, 39.4),
  row("GRPO + R_omni + PAPO", 58.29, 62, 34.6),
  row("GRPO + R_omni + PAPO-dual", 60.58, 65.2, 34.8),
  row("OPPO", 70.44, 76.4, 50.6),
];
