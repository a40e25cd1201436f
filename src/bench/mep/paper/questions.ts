import type { MepSample } from "../reference/items.ts";
import { describePrompt } from "../reference/prompts.ts";
import { describeId, type MepQuestion, probeId } from "../reference/questions.ts";
import type { PaperItems } from "./items.ts";
import { paperProbePrompt } from "./prompts.ts";

/** Ways of hiding a whole stream in a file: what stands here for a mask ratio of 1. */
export const paperMasks = ["blank", "drop"] as const;
export type PaperMask = (typeof paperMasks)[number];

export interface PaperQuestionOptions {
  mask: PaperMask;
  describeTokens: number;
  probeTokens: number;
}

export const defaultPaperQuestions: PaperQuestionOptions = {
  mask: "blank",
  describeTokens: 512,
  probeTokens: 10,
};

const own = { video: "own", audio: "own" } as const;

/**
 * One description a sample; each probe with its stream masked ("no" is right) and intact ("yes"),
 * and cues of other samples with the stream intact ("no").
 */
export function paperQuestions(
  items: PaperItems,
  options: PaperQuestionOptions = defaultPaperQuestions,
): MepQuestion[] {
  return items.samples.flatMap((sample) => [
    description(sample, options),
    ...probes(sample, options),
  ]);
}

const spoken = ({ subtitle }: MepSample) =>
  subtitle === undefined || subtitle.trim() === "" ? {} : { subtitle };

const description = (sample: MepSample, options: PaperQuestionOptions): MepQuestion => ({
  id: describeId(sample.id, "full", options.mask),
  sample: sample.id,
  task: { kind: "describe", condition: "full" },
  input: own,
  ...spoken(sample),
  prompt: describePrompt(sample.subtitle),
  maxTokens: options.describeTokens,
});

function probes(sample: MepSample, { mask, probeTokens }: PaperQuestionOptions): MepQuestion[] {
  return sample.probes.flatMap(({ id, modality, kind, cue }) => {
    const ask = (masked: boolean): MepQuestion => ({
      id: probeId(sample.id, id, masked ? mask : null),
      sample: sample.id,
      task: { kind: "probe", probe: id, masked },
      input: masked ? { ...own, [modality === "visual" ? "video" : "audio"]: mask } : own,
      ...spoken(sample),
      prompt: paperProbePrompt(modality, cue, sample.subtitle),
      maxTokens: probeTokens,
    });
    return kind === "absent" ? [ask(false)] : [ask(true), ask(false)];
  });
}
