import { dirname, isAbsolute, join } from "node:path";
import { BenchError, ConfigError } from "../../../core/errors.ts";
import type { ProgressListener } from "../../../core/progress.ts";
import { type Choice, choose } from "../../ask/choose.ts";
import type { Question } from "../../ask/port.ts";
import { openMaskStore } from "../../mask-media/mask-store.ts";
import type { MepItems } from "../reference/items.ts";
import { defaultQuestionOptions, type MepMask } from "../reference/questions.ts";
import { mepQuestionsWithMedia } from "./questions-with-media.ts";

/**
 * Part of the items, in proportion to samples whose face and voice agree or not; undefined for all
 * of them.
 */
export function chosenSamples(items: MepItems, choice: Choice): ReadonlySet<string> | undefined {
  if (choice.limit === undefined && choice.sample === undefined) return undefined;
  const chosen = choose(items.samples, ({ congruent }) => String(congruent), choice);
  return new Set(chosen.map(({ id }) => id));
}

export interface QuestionFiles extends Choice {
  /** The item file; masked clips lie next to it: all models get the same. */
  items?: string;
  clips?: string;
  mask: MepMask;
  maxTokens?: number;
  probeTokens?: number;
}

/**
 * The folder of clips; none is needed where the items name them by absolute path.
 * @throws ConfigError `MEP_CLIPS` without one; BenchError `MEP_TEXT_ONLY`.
 */
export function needClips(items: MepItems, { clips, items: itemFile }: QuestionFiles): string {
  const shown = items.samples.flatMap(({ clip }) => clip ?? []);
  const whole = shown.length > 0 && shown.every((clip) => isAbsolute(clip));
  if (clips === undefined && !whole) {
    throw new ConfigError("MEP_CLIPS", "--clips is missing: models are given real files", {
      hint: "name the folder that the items were built with",
    });
  }
  if (shown.length === 0) {
    throw new BenchError("MEP_TEXT_ONLY", "these items have no clips: there is nothing to show", {
      ...(itemFile !== undefined && { file: itemFile }),
      hint: "build them with --clips, or score stored descriptions with --answers",
    });
  }
  return clips ?? "/";
}

/** The questions with the files models are given. @throws as `mepQuestionsWithMedia`. */
export async function openMepQuestions(
  items: MepItems,
  clips: string,
  options: QuestionFiles,
  progress: ProgressListener,
): Promise<Question[]> {
  const { mask, items: itemFile = "items.json" } = options;
  const only = chosenSamples(items, options);
  const media = {
    clips,
    masks: openMaskStore(join(dirname(itemFile), "masked")),
    progress,
    ...(only !== undefined && { only }),
  };
  return mepQuestionsWithMedia(items, media, {
    ...defaultQuestionOptions,
    mask,
    ...(options.maxTokens !== undefined && { describeTokens: options.maxTokens }),
    ...(options.probeTokens !== undefined && { probeTokens: options.probeTokens }),
  });
}
