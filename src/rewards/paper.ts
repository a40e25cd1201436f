import { RewardError } from "../core/errors.ts";
import { type CueModality, cueModalities, type EvidenceModality } from "../cues/cue.ts";
import { parseLabels, setF1 } from "./accuracy.ts";
import type { AccuracyOptions } from "./options.ts";
import type { OmniScore, PaperAccuracy, PaperCue } from "./paper-score.ts";

/** The reference cue that makes a clause evidence. */
export interface ClauseRoute {
  /** Row of M. */
  cue: number;
  modality: EvidenceModality;
}

/**
 * R_omni (OPPO, arXiv 2606.25325; docs/method.md#reward-as-printed): each cue takes its most
 * similar clause, whatever that clause is about and however many cues it has paid already; above δ
 * the cosine is stretched to 0…1; the means over visual, acoustic and emotion cues are added up.
 * Recall alone: no precision, no budget, no polarity. The paper doesn't say what an empty set of
 * cues counts; here 0.
 *
 * @param similarity M, [cues × clauses], cosines.
 * @param modalities kind of each cue: rows of M.
 * @param delta δ, from 0 to below 1.
 */
export function omniReward(
  similarity: readonly (readonly number[])[],
  modalities: readonly CueModality[],
  delta: number,
): OmniScore {
  const cues = similarity.map((row): PaperCue => {
    const clause = argmax(row);
    const best = clause === null ? -1 : (row[clause] as number);
    return { best, clause, score: Math.max(best - delta, 0) / (1 - delta) };
  });
  const means = { visual: 0, acoustic: 0, emotion: 0 };
  for (const modality of cueModalities) {
    const own = cues.filter((_, row) => modalities[row] === modality);
    if (own.length > 0) {
      means[modality] = own.reduce((sum, { score }) => sum + score, 0) / own.length;
    }
  }
  return { cues, means, value: means.visual + means.acoustic + means.emotion };
}

/**
 * Evidence clauses as the paper picks them: a clause belongs to its most similar cue among the
 * visual and acoustic ones, the first of equals, if that cosine exceeds δ; null otherwise. The
 * reference picks, so a clause that matches no cue (a hallucinated one) is nobody's evidence.
 *
 * @param similarity M, [cues × clauses], cosines.
 */
export function routeClauses(
  similarity: readonly (readonly number[])[],
  modalities: readonly CueModality[],
  delta: number,
): (ClauseRoute | null)[] {
  const clauses = similarity[0]?.length ?? 0;
  return Array.from({ length: clauses }, (_, clause) => {
    let route: ClauseRoute | null = null;
    let top = delta;
    for (const [cue, modality] of modalities.entries()) {
      const cosine = similarity[cue]?.[clause] as number;
      if (modality === "emotion" || !(cosine > top)) continue;
      top = cosine;
      route = { cue, modality };
    }
    return route;
  });
}

/** Group of a label on one emotion wheel; undefined where the wheel doesn't have the word. */
export type WheelOf = (label: string) => string | undefined;

/**
 * Wheels as the options spell them out: one, or none.
 * @throws RewardError WHEEL_UNREAD where they name a folder, which whoever does I/O must read.
 */
export function wheelsOf({ wheel }: Pick<AccuracyOptions, "wheel">): WheelOf[] {
  if (wheel === undefined) return [];
  if (typeof wheel !== "string") return [(label) => wheel[label]];
  throw new RewardError("WHEEL_UNREAD", `the emotion wheel in ${wheel} was not read`, {
    path: "accuracy.wheel",
    hint: "hand its groups to createScorer as wheels, or write label → group into the options",
  });
}

/**
 * R_acc as printed: F1 between the answer's words and the labels, mean over emotion wheels (five in
 * the paper). A wheel that knows none of the labels is left out, as the metric leaves out such
 * samples; words it doesn't know are not counted. Without wheels, or where none knows a label: F1
 * of the words themselves, and `by` says so. null without a label.
 */
export function paperAccuracy(
  answer: string,
  labels: readonly string[],
  wheels: readonly WheelOf[] = [],
): PaperAccuracy | null {
  const wanted = new Set(labels.flatMap(parseLabels));
  if (wanted.size === 0) return null;
  const given = new Set(parseLabels(answer));
  const scores = wheels.flatMap((wheel) => {
    const right = grouped(wanted, wheel);
    return right.size === 0 ? [] : [setF1(grouped(given, wheel), right)];
  });
  if (scores.length === 0) return { value: setF1(given, wanted), by: "words" };
  return { value: scores.reduce((sum, score) => sum + score, 0) / scores.length, by: "wheels" };
}

function grouped(words: ReadonlySet<string>, wheel: WheelOf): Set<string> {
  return new Set([...words].flatMap((word) => wheel(word) ?? []));
}

/** Index of the largest value, the first of equals; null of nothing. */
function argmax(values: readonly number[]): number | null {
  let best: number | null = null;
  for (const [index, value] of values.entries()) {
    if (best === null || value > (values[best] as number)) best = index;
  }
  return best;
}
