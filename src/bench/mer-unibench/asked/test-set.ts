import { type Choice, choose } from "../../ask/choose.ts";
import type { Question } from "../../ask/port.ts";
import type { Labels, MerSetId } from "../types.ts";
import { merQuestionPrompt } from "./prompts.ts";

/** One test set as it lies on disk. */
export interface MerTestSet {
  set: MerSetId;
  samples: readonly MerSample[];
  /** Ids of the whole set, where `samples` is a part of it. */
  whole?: ReadonlySet<string>;
}

export interface MerSample {
  id: string;
  /**
   * One emotion word, a list of them (open sets), or a sentiment intensity; as the label file has
   * it.
   */
  truth: Labels | number;
  /** Absent where answers are scored without clips. */
  media: Question["media"];
  subtitle: string;
}

export const answerTokens = 512;

/** Part of a test set. Sentiment is drawn by sign, emotion by label. */
export function chooseSamples({ set, samples }: MerTestSet, choice: Choice): MerTestSet {
  const stratum = ({ truth }: MerSample) =>
    typeof truth === "number"
      ? String(Math.sign(truth))
      : String(truth ?? "")
          .trim()
          .toLowerCase();
  const seeded = { ...choice, seed: `${choice.seed ?? "sample"}/${set}` };
  const chosen = choose(samples, stratum, seeded);
  return { set, samples: chosen, whole: new Set(samples.map(({ id }) => id)) };
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
