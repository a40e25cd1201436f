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

/**
 * Text as it is embedded, the same for cues and claims: case, outer punctuation and white space carry
 * no evidence but move a sentence encoder's vector.
 */
export function embeddedText(text: string): string {
  return text
    .toLowerCase()
    .replace(/\s+/g, " ")
    .replace(/^[\p{P}\s]+|[\p{P}\s]+$/gu, "");
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
