import type { Rng } from "../../src/core/rng.ts";
import { factorsOf } from "../../src/corpus/factors.ts";
import type { FactorName } from "../../src/corpus/manifest.ts";
import type { EvidenceModality } from "../../src/cues/cue.ts";

/** Emotions the clips are drawn from, as an annotator calls them, and what is said of each. */
export const labels = {
  joy: { label: "happy", said: ["happy", "cheerful"] },
  sadness: { label: "sad", said: ["sad", "full of sorrow"] },
  anger: { label: "angry", said: ["angry", "furious"] },
  surprise: { label: "surprised", said: ["surprised", "astonished"] },
} as const;
export type Drawn = keyof typeof labels;
export const drawnEmotions = Object.keys(labels) as Drawn[];

/** Two wordings of every salient value, in words an annotator would choose. */
const wordings: Readonly<Record<FactorName, readonly (readonly [string, string])[]>> = {
  brows: [
    ["eyebrows raised high", "lifted eyebrows"],
    ["furrowed brows", "eyebrows pulled together"],
    ["slanted eyebrows", "eyebrows slanting upward"],
  ],
  eyes: [
    ["wide open eyes", "widened eyes"],
    ["narrowed eyes", "eyes squeezed narrow"],
    ["drooping eyelids", "half-closed eyes"],
  ],
  mouth: [
    ["a broad smile", "a smiling mouth"],
    ["mouth corners turned down", "downturned lips"],
    ["an open mouth", "a dropped jaw"],
  ],
  head: [
    ["a nodding head", "repeated nods"],
    ["a shaking head", "head turning from side to side"],
    ["a tilted head", "head leaning to one side"],
  ],
  gaze: [
    ["eyes looking aside", "an averted gaze"],
    ["a downcast gaze", "eyes looking down"],
    ["eyes looking up", "an upward gaze"],
  ],
  pitch: [
    ["a high-pitched voice", "a high pitch"],
    ["a deep voice", "a low pitch"],
    ["a cracking voice", "a breaking pitch"],
  ],
  loudness: [
    ["a loud voice", "shouted speech"],
    ["a quiet voice", "low volume"],
    ["a voice growing louder", "swelling volume"],
  ],
  tempo: [
    ["fast speech", "a hurried pace"],
    ["slow speech", "drawn-out syllables"],
    ["halting speech", "speech with pauses"],
  ],
  quality: [
    ["a breathy voice", "a whispery tone"],
    ["a harsh voice", "a rough tone"],
    ["a trembling voice", "a shaky tone"],
  ],
  intonation: [
    ["a rising tone", "rising intonation"],
    ["a falling tone", "falling intonation"],
    ["a singsong intonation", "a melodic tone"],
  ],
};

const openings: Readonly<Record<EvidenceModality, readonly string[]>> = {
  visual: ["The video shows # with", "In the picture we see", "One sees"],
  acoustic: ["# speaks with", "In the audio we hear", "One hears"],
};
const nothing: Readonly<Record<EvidenceModality, string>> = {
  visual: "The face stays neutral.",
  acoustic: "The voice stays even.",
};
const closings = ["# seems ~.", "This person is certainly ~.", "All in all, # sounds and looks ~."];

/** What a description is about: some annotators only watch, some only listen. */
export type Attention = EvidenceModality | "both";

/** Reference reasoning as a person writes it down. `person` is "she" or "he". */
export function describeTake(
  take: { factors: Readonly<Record<FactorName, number>>; emotion: Drawn; person: string },
  attention: Attention,
  rng: Rng,
): string {
  const attended = (["visual", "acoustic"] as const).filter(
    (modality) => attention === "both" || attention === modality,
  );
  const sentences = attended.map((modality) => observation(modality, take.factors, rng));
  const closing = attention === "both" ? rng.pick(closings) : closings[0]!;
  const words = [...sentences, closing.replace("~", rng.pick(labels[take.emotion].said))];
  return words.map((sentence) => withPerson(sentence, take.person)).join(" ");
}

function observation(
  modality: EvidenceModality,
  factors: Readonly<Record<FactorName, number>>,
  rng: Rng,
): string {
  const seen = factorsOf[modality].filter((factor) => factors[factor] > 0);
  if (seen.length === 0) return nothing[modality];
  const phrases = rng
    .shuffle(seen)
    .map((factor) => rng.pick(wordings[factor][factors[factor] - 1]!));
  const last = phrases.pop()!;
  const list = phrases.length > 0 ? `${phrases.join(", ")} and ${last}` : last;
  return `${rng.pick(openings[modality])} ${list}.`;
}

function withPerson(sentence: string, person: string): string {
  if (sentence.startsWith("#")) return (person === "she" ? "She" : "He") + sentence.slice(1);
  const noun = sentence.startsWith("The video") ? (person === "she" ? "a woman" : "a man") : person;
  return sentence.replace("#", noun);
}
