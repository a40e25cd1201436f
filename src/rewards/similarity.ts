import { contradicts } from "../cues/polarity.ts";
import type { Calibration } from "../judges/port.ts";
import { softThreshold } from "./soft.ts";

/** How a claim compares with a cue of its own modality. */
export interface Similarity {
  cosine: number;
  /** Opposite statements ("not smiling", "smiling"), which embeddings place close to each other. */
  contradicts: boolean;
  /** Soft-thresholded cosine, 0 to 1; 0 where the two contradict. */
  f: number;
}

/** Words in front of a statement that carry no evidence but move a sentence encoder's vector. */
const leadIn =
  /^(?:(?:and|with|the|an?|his|her|their|its|he|she|they|it|this|that|there|is|are|was|were|has|have|who|i|we|one|the (?:man|woman|person|speaker|character)(?:'s)?|see|hear|shows?|appears?|seems?|to be|very)\s+)+/;

/** Text as it is embedded, cues and claims alike: without case, outer punctuation and lead-in. */
export function embeddedText(text: string): string {
  const plain = text
    .toLowerCase()
    .replaceAll("’", "'")
    .replace(/\s+/g, " ")
    .replace(/^[\p{P}\s]+|[\p{P}\s]+$/gu, "");
  return plain.replace(leadIn, "");
}

/** Compares two texts by their unit vectors. */
export function compareTexts(
  cue: { text: string; vector: Float32Array },
  claim: { text: string; vector: Float32Array },
  calibration: Calibration,
): Similarity {
  const cosine = dot(cue.vector, claim.vector);
  const opposite = contradicts(cue.text, claim.text);
  return { cosine, contradicts: opposite, f: opposite ? 0 : softThreshold(cosine, calibration) };
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
