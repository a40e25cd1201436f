import { type Emotion, emotions, factorNames } from "./factors.ts";
import type { FactorName } from "./manifest.ts";

/**
 * Paraphrases of every salient value, `phrases[factor][value - 1]`: 2 to 4 words, each unambiguous.
 */
export const phrases: Readonly<Record<FactorName, readonly (readonly string[])[]>> = {
  brows: [
    ["raised brows", "lifted eyebrows", "brows pulled up", "arched eyebrows"],
    ["furrowed brows", "lowered eyebrows", "brows drawn together", "knitted eyebrows"],
    ["slanted brows", "slanting eyebrows", "brows angled inward", "oblique eyebrows"],
  ],
  eyes: [
    ["wide eyes", "eyes wide open", "widened eyes", "eyes opened wide"],
    ["narrowed eyes", "squinting eyes", "eyes pressed narrow", "tightened eyes"],
    ["drooping eyelids", "half-closed eyes", "heavy eyelids", "eyes nearly shut"],
  ],
  mouth: [
    ["smiling mouth", "broad smile", "mouth corners lifted", "smiling lips"],
    ["frowning mouth", "mouth corners lowered", "downturned lips", "mouth turned down"],
    ["open mouth", "gaping mouth", "dropped jaw", "lips parted wide"],
  ],
  head: [
    ["nodding head", "head nods repeatedly", "small head nods", "head bobbing vertically"],
    ["shaking head", "head shakes sideways", "repeated head shakes", "head swinging sideways"],
    ["tilted head", "head tipped over", "head leaning over", "slanted head posture"],
  ],
  gaze: [
    ["averted gaze", "eyes looking aside", "gaze turned away", "sideways glance"],
    ["downcast gaze", "eyes looking down", "lowered gaze", "gaze turned down"],
    ["upward gaze", "eyes looking up", "gaze lifted up", "eyes rolled up"],
  ],
  pitch: [
    ["high pitch", "high-pitched voice", "pitch raised high", "shrill voice"],
    ["low pitch", "deep voice", "low-pitched voice", "pitch lowered deep"],
    ["cracking voice", "breaking pitch", "voice cracks repeatedly", "jumping pitch"],
  ],
  loudness: [
    ["loud voice", "high volume", "shouted speech", "raised volume"],
    ["soft voice", "low volume", "quiet speech", "hushed voice"],
    ["swelling volume", "voice growing louder", "growing loudness", "increasingly loud speech"],
  ],
  tempo: [
    ["fast speech", "rapid speech", "hurried speech", "quick speaking pace"],
    ["slow speech", "drawn-out speech", "slow speaking pace", "sluggish speech"],
    ["halting speech", "frequent speech pauses", "speech with pauses", "hesitant speech"],
  ],
  quality: [
    ["breathy voice", "whispery tone", "airy voice", "whispering voice"],
    ["harsh voice", "rough tone", "rasping voice", "hoarse voice"],
    ["trembling voice", "shaky tone", "quivering voice", "unsteady voice"],
  ],
  intonation: [
    ["rising intonation", "tone going up", "rising tone", "questioning intonation"],
    ["falling intonation", "tone going down", "sinking tone", "descending intonation"],
    ["singsong intonation", "melodic tone", "swinging intonation", "lively speech melody"],
  ],
};

/** Words for each emotion, the label first; no word names two. */
export const emotionWords: Readonly<Record<Emotion, readonly string[]>> = {
  joy: ["joy", "happiness", "delight"],
  sadness: ["sadness", "sorrow", "grief"],
  anger: ["anger", "rage", "fury"],
  fear: ["fear", "fright", "dread"],
  surprise: ["surprise", "astonishment", "amazement"],
  disgust: ["disgust", "revulsion", "distaste"],
  pride: ["pride", "triumph", "confidence"],
  embarrassment: ["embarrassment", "shame", "awkwardness"],
};

/** A claim as a statement about one factor. */
export interface FactorClaim {
  factor: FactorName;
  value: number;
}

const claims: ReadonlyMap<string, FactorClaim> = new Map(
  factorNames.flatMap((factor) =>
    phrases[factor].flatMap((variants, index) =>
      variants.map((text) => [text, { factor, value: index + 1 }] as const),
    ),
  ),
);

const emotionOfWord: ReadonlyMap<string, Emotion> = new Map(
  emotions.flatMap((emotion) => emotionWords[emotion].map((word) => [word, emotion] as const)),
);

const lead = /^(?:(?:and|also|with|i|see|hear|sees|hears|one|notice|there|is|are|a|an|the)\s+)+/;

/**
 * The oracle's reading of one claim: exact lookup of the lexicon's phrases, after dropping case,
 * outer punctuation and leading "and", "I see", "there is", articles. `null` for anything else, so
 * a claim in other words is not counted rather than guessed.
 */
export function readClaim(text: string): FactorClaim | null {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z-]+/g, " ")
    .trim();
  return claims.get(plain) ?? claims.get(plain.replace(lead, "")) ?? null;
}

/** The emotion a word names, or null. */
export function readEmotion(word: string): Emotion | null {
  return emotionOfWord.get(word.trim().toLowerCase()) ?? null;
}
