import type { EvidenceModality } from "../cues/cue.ts";
import type { FactorName } from "./manifest.ts";

/** Factors of a face. */
export const visualFactors = ["brows", "eyes", "mouth", "head", "gaze"] as const;
/** Factors of a voice. */
export const acousticFactors = ["pitch", "loudness", "tempo", "quality", "intonation"] as const;
/** All ten, face first. */
export const factorNames: readonly FactorName[] = [...visualFactors, ...acousticFactors];

/** Factors by the modality that shows them. */
export const factorsOf: Readonly<Record<EvidenceModality, readonly FactorName[]>> = {
  visual: visualFactors,
  acoustic: acousticFactors,
};

/** The modality that shows a factor. */
export function modalityOf(factor: FactorName): EvidenceModality {
  return (visualFactors as readonly string[]).includes(factor) ? "visual" : "acoustic";
}

/**
 * Names of each factor's states; index 0 is neutral and never mentioned, the others are salient.
 */
export const factorValues: Readonly<Record<FactorName, readonly string[]>> = {
  brows: ["neutral", "raised", "furrowed", "slanted"],
  eyes: ["neutral", "wide", "narrowed", "drooping"],
  mouth: ["neutral", "smile", "frown", "open"],
  head: ["neutral", "nodding", "shaking", "tilted"],
  gaze: ["neutral", "aside", "down", "up"],
  pitch: ["neutral", "high", "low", "cracking"],
  loudness: ["neutral", "loud", "soft", "swelling"],
  tempo: ["neutral", "fast", "slow", "halting"],
  quality: ["neutral", "breathy", "harsh", "trembling"],
  intonation: ["neutral", "rising", "falling", "swinging"],
};

/** States worth a cue. */
export const salientValues = [1, 2, 3] as const;

/** Answer labels. */
export const emotions = [
  "joy",
  "sadness",
  "anger",
  "fear",
  "surprise",
  "disgust",
  "pride",
  "embarrassment",
] as const;
/** One of the eight answer labels. */
export type Emotion = (typeof emotions)[number];

/**
 * The state each emotion gives a factor (0: leaves it neutral). Any two emotions differ in at least
 * three factors of the face and three of the voice, so that either modality alone can tell them
 * apart.
 */
export const prototypes: Readonly<Record<Emotion, Readonly<Record<FactorName, number>>>> = {
  joy: prototype([1, 2, 1, 1, 0], [1, 1, 1, 0, 3]),
  sadness: prototype([3, 3, 2, 3, 2], [2, 2, 2, 1, 2]),
  anger: prototype([2, 1, 3, 2, 0], [2, 1, 1, 2, 2]),
  fear: prototype([3, 1, 3, 0, 1], [1, 2, 1, 3, 1]),
  surprise: prototype([1, 1, 3, 3, 3], [1, 3, 0, 1, 1]),
  disgust: prototype([2, 2, 2, 2, 1], [2, 3, 2, 2, 3]),
  pride: prototype([0, 3, 1, 3, 3], [2, 1, 2, 0, 1]),
  embarrassment: prototype([3, 2, 1, 2, 2], [3, 2, 3, 0, 1]),
};

type Five = readonly [number, number, number, number, number];

function prototype(face: Five, voice: Five): Record<FactorName, number> {
  const [brows, eyes, mouth, head, gaze] = face;
  const [pitch, loudness, tempo, quality, intonation] = voice;
  return { brows, eyes, mouth, head, gaze, pitch, loudness, tempo, quality, intonation };
}
