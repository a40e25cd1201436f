import type { Rng } from "../core/rng.ts";
import { evidenceModalities } from "../cues/cue.ts";
import { type Emotion, emotions, factorsOf, prototypes, salientValues } from "./factors.ts";
import type { FactorName, Split } from "./manifest.ts";
import type { CorpusOptions } from "./options.ts";

/** What a clip shows, before it is drawn. */
export interface ClipState {
  visualEmotion: Emotion;
  acousticEmotion: Emotion;
  /** The emotion of the strongly expressed modality where face and voice disagree. */
  label: Emotion;
  congruent: boolean;
  factors: Record<FactorName, number>;
}

/**
 * Draws a clip's state: emotions, which modality is strong, and every factor given its emotion's
 * prototype. One stream must at times say more than the other, or a policy need only read one of
 * them.
 */
export function sampleState(options: CorpusOptions, split: Split, rng: Rng): ClipState {
  const share = split === "train" ? options.congruent.train : options.congruent.evaluation;
  const visualEmotion = rng.pick(emotions);
  const congruent = rng.bool(share);
  const acousticEmotion = congruent
    ? visualEmotion
    : rng.pick(emotions.filter((emotion) => emotion !== visualEmotion));
  const visualStrong = rng.bool(0.5);
  // In conflict exactly one is strong, or there would be no answer.
  const acousticStrong = congruent ? rng.bool(0.5) : !visualStrong;
  const emotion = { visual: visualEmotion, acoustic: acousticEmotion };
  const strong = { visual: visualStrong, acoustic: acousticStrong };
  const factors = {} as Record<FactorName, number>;
  for (const modality of evidenceModalities) {
    const follow = strong[modality] ? options.strong : options.weak;
    for (const factor of factorsOf[modality]) {
      const stray = rng.bool(options.stray) ? rng.pick(salientValues) : 0;
      factors[factor] = rng.bool(follow) ? prototypes[emotion[modality]][factor] : stray;
    }
  }
  const label = congruent || visualStrong ? visualEmotion : acousticEmotion;
  return { visualEmotion, acousticEmotion, label, congruent, factors };
}
