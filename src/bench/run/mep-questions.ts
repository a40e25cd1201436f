import { join } from "node:path";
import { BenchError } from "../../core/errors.ts";
import { type ProgressListener, silent } from "../../core/progress.ts";
import type { MaskStore } from "../mask-media/mask-store.ts";
import type { MepItems, MepSample } from "../mep/items.ts";
import {
  defaultQuestionOptions,
  type MepQuestion,
  type MepQuestionOptions,
  mepQuestions,
} from "../mep/questions.ts";
import type { Question } from "./port.ts";

export interface MepMedia {
  /** Folder that the items' clip paths are relative to. */
  clips: string;
  masks: MaskStore;
  progress?: ProgressListener;
}

/**
 * The questions of an item set with the files a model is given, masking done. The same masked file serves
 * all questions of its sample.
 * @throws MediaError naming the first clip that is missing or can't be read; BenchError `MEP_DONOR_CLIP` where
 *   a swap's donor has no clip, `MEP_CLIP_CHANGED` where a file is not the one the items were built with.
 */
export async function mepQuestionsWithMedia(
  items: MepItems,
  media: MepMedia,
  options: MepQuestionOptions = defaultQuestionOptions,
): Promise<Question[]> {
  const { progress = silent } = media;
  const samples = new Map(items.samples.map((sample) => [sample.id, sample]));
  const questions = mepQuestions(items, options);
  for (const sample of items.samples) await refuseOtherClip(sample, media);
  const out: Question[] = [];
  for (const [index, question] of questions.entries()) {
    out.push(await withMedia(question, samples, items, media));
    progress({ step: "mask clips", done: index + 1, total: questions.length });
  }
  return out;
}

/** The name is not the clip: files swapped or cut again since would be scored against another's cues. */
async function refuseOtherClip(
  { id, clip, clipHash }: MepSample,
  { clips, masks }: MepMedia,
): Promise<void> {
  if (clip === undefined || clipHash === undefined) return;
  const file = join(clips, clip);
  if ((await masks.hash(file)) === clipHash) return;
  throw new BenchError("MEP_CLIP_CHANGED", `not the clip that sample '${id}' was built with`, {
    file,
    hint: "name the folder the items were built with, or build them again",
  });
}

async function withMedia(
  question: MepQuestion,
  samples: ReadonlyMap<string, MepSample>,
  items: MepItems,
  { clips, masks }: MepMedia,
): Promise<Question> {
  const { id, sample, input, subtitle, prompt, maxTokens } = question;
  const { video, audio } = input;
  const own = samples.get(sample)!;
  const rest = { id, ...(subtitle !== undefined && { subtitle }), prompt, maxTokens };
  if (own.clip === undefined || (video === "drop" && audio === "drop")) {
    return { ...rest, media: {} };
  }
  const file = await masks.masked({
    file: join(clips, own.clip),
    video,
    audio,
    donors: {
      ...(video === "swap" && { video: donorClip(own.donors.visual, samples, clips) }),
      ...(audio === "swap" && { audio: donorClip(own.donors.acoustic, samples, clips) }),
    },
    seed: `${items.options.seed}/${sample}`,
  });
  return {
    ...rest,
    media: { ...(video !== "drop" && { video: file }), ...(audio !== "drop" && { audio: file }) },
  };
}

function donorClip(id: string, samples: ReadonlyMap<string, MepSample>, clips: string): string {
  const clip = samples.get(id)?.clip;
  if (clip !== undefined) return join(clips, clip);
  throw new BenchError("MEP_DONOR_CLIP", `sample '${id}' is to lend a stream but has no clip`, {
    hint: "build the items from rows that all have clips, or use another masking variant",
  });
}
