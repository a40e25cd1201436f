import { isAbsolute, join } from "node:path";
import { BenchError } from "../../../core/errors.ts";
import { type ProgressListener, silent } from "../../../core/progress.ts";
import { takesDonor } from "../../../prompt/masks.ts";
import type { Question } from "../../ask/port.ts";
import type { MaskStore } from "../../mask-media/mask-store.ts";
import type { MepItems, MepSample } from "../reference/items.ts";
import {
  defaultQuestionOptions,
  type MepQuestion,
  type MepQuestionOptions,
  mepQuestions,
} from "../reference/questions.ts";

export interface MepMedia {
  /** Folder that the items' clip paths are relative to. */
  clips: string;
  masks: MaskStore;
  /** Ids of the samples to ask about, where not all are. */
  only?: ReadonlySet<string>;
  progress?: ProgressListener;
}

/**
 * The questions of an item set with the files a model is given, masking done. The same masked file
 * serves all questions of its sample.
 * @throws MediaError naming the first clip that is missing or can't be read; BenchError
 *   `MEP_DONOR_CLIP` where a swap's donor has no clip, `MEP_CLIP_CHANGED` where a file is not the
 *   one the items were built with.
 */
export async function mepQuestionsWithMedia(
  items: MepItems,
  media: MepMedia,
  options: MepQuestionOptions = defaultQuestionOptions,
): Promise<Question[]> {
  const { only } = media;
  const questions = mepQuestions(items, options).filter(({ sample }) => only?.has(sample) ?? true);
  return givenMedia(questions, items, media);
}

/** Any questions about the items with the files a model is given. @throws as above. */
export async function givenMedia(
  questions: readonly MepQuestion[],
  items: MepItems,
  media: Omit<MepMedia, "only">,
): Promise<Question[]> {
  const { progress = silent } = media;
  const samples = new Map(items.samples.map((sample) => [sample.id, sample]));
  const out: Question[] = [];
  for (const [index, question] of questions.entries()) {
    out.push(await withMedia(question, samples, items, media));
    progress({ step: "mask clips", done: index + 1, total: questions.length });
  }
  return out;
}

/**
 * The name is not the clip: files swapped or cut again since would be scored against another's
 * cues.
 */
async function clipOf(
  { id, clip, clipHash }: MepSample,
  { clips, masks }: MepMedia,
): Promise<string> {
  const file = isAbsolute(clip!) ? clip! : join(clips, clip!);
  if (clipHash === undefined || (await masks.hash(file)) === clipHash) return file;
  throw new BenchError("MEP_CLIP_CHANGED", `not the clip that sample '${id}' was built with`, {
    file,
    hint: "name the folder the items were built with, or build them again",
  });
}

async function withMedia(
  question: MepQuestion,
  samples: ReadonlyMap<string, MepSample>,
  items: MepItems,
  media: MepMedia,
): Promise<Question> {
  const { id, sample, input, subtitle, prompt, maxTokens } = question;
  const { video, audio } = input;
  const own = samples.get(sample)!;
  const rest = { id, ...(subtitle !== undefined && { subtitle }), prompt, maxTokens };
  if (own.clip === undefined || (video === "drop" && audio === "drop")) {
    return { ...rest, media: {} };
  }
  const donor = (of: string) => clipOf(needClip(samples.get(of)!), media);
  const file = await media.masks.masked({
    file: await clipOf(own, media),
    video,
    audio,
    donors: {
      ...(takesDonor(video) && { video: await donor(own.donors.visual) }),
      ...(takesDonor(audio) && { audio: await donor(own.donors.acoustic) }),
    },
    seed: `${items.options.seed}/${sample}`,
  });
  return {
    ...rest,
    media: { ...(video !== "drop" && { video: file }), ...(audio !== "drop" && { audio: file }) },
  };
}

function needClip(sample: MepSample): MepSample {
  if (sample.clip !== undefined) return sample;
  throw new BenchError(
    "MEP_DONOR_CLIP",
    `sample '${sample.id}' is to lend a stream but has no clip`,
    {
      hint: "build the items from rows that all have clips, or use another masking variant",
    },
  );
}
