import type { MerSetId } from "../../mer-unibench/types.ts";
import { type Choice, choose } from "../choose.ts";
import type { Question } from "../port.ts";
import { merQuestionPrompt } from "./prompts.ts";

/** One test set as it lies on disk. */
export interface MerTestSet {
  set: MerSetId;
  samples: readonly MerSample[];
}

export interface MerSample {
  id: string;
  /** One emotion word, a list of them as text (open sets), or a sentiment intensity. */
  truth: string | number;
  /** Absent where answers are scored without clips. */
  media: Question["media"];
  subtitle: string;
}

export const answerTokens = 512;

/** Part of a test set. Sentiment is drawn by sign, emotion by label. */
export function chooseSamples({ set, samples }: MerTestSet, choice: Choice): MerTestSet {
  const stratum = ({ truth }: MerSample) =>
    typeof truth === "number" ? String(Math.sign(truth)) : truth.trim().toLowerCase();
  const seeded = { ...choice, seed: `${choice.seed ?? "sample"}/${set}` };
  return { set, samples: choose(samples, stratum, seeded) };
}

export const merQuestionId = (set: MerSetId, sample: string): string => `${set}/${sample}`;

export function merQuestions({ set, samples }: MerTestSet): Question[] {
  return samples.map(({ id, media, subtitle }) => ({
    id: merQuestionId(set, id),
    media,
    subtitle,
    prompt: merQuestionPrompt(set, subtitle),
    maxTokens: answerTokens,
  }));
}
