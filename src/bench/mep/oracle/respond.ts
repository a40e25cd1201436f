import type { EvidenceModality } from "../../../cues/cue.ts";
import { type Condition, type PromptSource, promptUnder } from "../shared/conditions.ts";
import { type Generation, generate, type Runner } from "../shared/generate.ts";
import type { ItemClip, MepItems } from "./item.ts";
import type { EvaluationOptions } from "./options.ts";
import type { Oracle } from "./oracle.ts";
import type { ResponseRecord } from "./result.ts";
import { addResponse, emptyTally, readResponse, type Tally } from "./tally.ts";
import { exchangeStream, type Truth } from "./verdict.ts";

/** Responses under one condition, read and counted: one entry per clip. */
export interface Responses {
  tallies: Tally[];
  records: ResponseRecord[][];
  generations: Generation[][];
}

/** The items and how to read responses to them. */
export interface Exam {
  items: MepItems;
  oracle: Oracle;
}

/** Generates, reads and judges responses of the given clips under a condition. */
export async function respondUnder(
  condition: Condition,
  clips: readonly ItemClip[],
  runner: Runner<EvaluationOptions>,
  source: PromptSource,
  exam: Exam,
): Promise<Responses> {
  const prompts = clips.map((clip) => promptUnder(condition, clip, source));
  const samples = condition === "full" ? runner.options.samplesPerClip : 1;
  const generations = await generate(runner, `responses, ${condition}`, prompts, samples);
  const byId = new Map(exam.items.clips.map((clip) => [clip.id, clip]));
  const judged = clips.map((clip, index) => {
    const truth = truthUnder(condition, clip, byId, exam.oracle);
    return judge(generations[index]!, clip, truth, exam.oracle);
  });
  return {
    generations,
    tallies: judged.map(({ tally }) => tally),
    records: judged.map(({ records }) => records),
  };
}

/** Reads and counts the responses to one clip against what is true of the streams shown. */
export function judge(
  responses: readonly Generation[],
  clip: ItemClip,
  truth: Truth,
  oracle: Oracle,
): { tally: Tally; records: ResponseRecord[] } {
  const tally = emptyTally();
  const records = responses.map(({ text, completion }) => {
    const record = readResponse(text, clip.label, truth, oracle);
    const size = { tokens: completion.tokens.length, truncated: completion.stop === "length" };
    addResponse(tally, record, size, truth, oracle, clip);
    return record;
  });
  return { tally, records };
}

/** With an exchanged stream, the donor's part of the truth takes the place of the clip's. */
function truthUnder(
  condition: Condition,
  clip: ItemClip,
  byId: ReadonlyMap<string, ItemClip>,
  oracle: Oracle,
): Truth {
  const exchanged: EvidenceModality | undefined =
    condition === "video-swap" ? "visual" : condition === "audio-swap" ? "acoustic" : undefined;
  if (exchanged === undefined) return clip;
  return exchangeStream(clip, byId.get(clip.donors[exchanged])!, exchanged, oracle);
}
