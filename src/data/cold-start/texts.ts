import { Rng } from "../../core/rng.ts";
import type { CueSet } from "../../cues/cue.ts";
import { parseResponse } from "../../cues/response.ts";
import type { ClipRow } from "../clip-row.ts";
import type { ColdStartOptions } from "./options.ts";

/**
 * Responses for the cold start to imitate, made from a row's reference. By cues: `options.texts` of
 * the form `<think>In the video, … . In the audio, … . It is X.</think><answer>X</answer>`, each
 * with some cues left out and in another order, as drawn by `seed`; one alone would be learned by
 * heart. Whole: the reference as it is written. A row without labels answers with the feeling that
 * its reference names, so that the form is the same; nobody scores that answer. Empty where the
 * reference says nothing seen or heard.
 */
export function coldStartTexts(
  row: ClipRow,
  cues: CueSet,
  options: ColdStartOptions,
  seed: string,
): string[] {
  if (row.reference === undefined) return [];
  const feeling = row.labels.length > 0 ? row.labels : [phrases(cues, "emotion")[0] ?? unnamed];
  if (options.from === "whole") return [whole(row.reference, feeling)];
  const seen = phrases(cues, "visual");
  const heard = phrases(cues, "acoustic");
  if (seen.length + heard.length === 0) return [];
  return Array.from({ length: options.texts }, (_, text) => {
    const rng = new Rng(`${seed}/cold start/${row.id}/${text}`);
    const kept = mentioned(seen.length + heard.length, options.mention, rng);
    const sentences = [
      section("In the video, ", rng.shuffle(seen.filter((_, at) => kept[at]))),
      section("In the audio, ", rng.shuffle(heard.filter((_, at) => kept[seen.length + at]))),
      `It is ${list(feeling)}.`,
    ];
    const think = sentences.filter((sentence) => sentence !== "").join(" ");
    return `<think>${think}</think>${answer(feeling)}`;
  });
}

/**
 * Which of `count` cues a text mentions: at least one, or there would be nothing to learn from it.
 */
function mentioned(count: number, probability: number, rng: Rng): boolean[] {
  const kept = Array.from({ length: count }, () => rng.bool(probability));
  if (!kept.includes(true)) kept[rng.int(count)] = true;
  return kept;
}

const phrases = ({ cues }: CueSet, modality: string): string[] =>
  cues.filter((cue) => cue.modality === modality).map(({ text }) => text);

const section = (opening: string, items: readonly string[]): string =>
  items.length === 0 ? "" : `${opening}${list(items)}.`;

const answer = (feeling: readonly string[]): string => `<answer>${feeling.join(", ")}</answer>`;

/** The answer where neither label nor reference names a feeling. */
const unnamed = "unclear";

/** The reasoning between the tags, white space evened out, then the answer. */
function whole(reference: string, feeling: readonly string[]): string {
  const bare = reference.replace(/<answer>.*?<\/answer>/gs, "").replace(/<\/?think>/g, "");
  const think = (parseResponse(reference).think?.text ?? bare).replace(/\s+/g, " ").trim();
  return `<think>${think}</think>${answer(feeling)}`;
}

/** "a", "a and b", "a, b and c". */
function list(items: readonly string[]): string {
  const last = items.at(-1) ?? "";
  return items.length < 2 ? last : `${items.slice(0, -1).join(", ")} and ${last}`;
}
