import { trimOuter } from "../core/trim-outer.ts";
import { dot } from "../core/vector.ts";
import type { CueModality } from "../cues/cue.ts";
import { cuePhrase } from "../cues/decompose.ts";
import { contradicts, statesOf } from "../cues/polarity.ts";
import type { Calibration } from "../similarity/port.ts";
import { softThreshold } from "./soft.ts";

/** How a claim compares with a cue of its own modality. */
export interface Similarity {
  cosine: number;
  /** Opposite statements ("not smiling", "smiling"), which embeddings place close to each other. */
  contradicts: boolean;
  /**
   * Part of the claim's states that the cue can answer for, above 0 to 1; 1 for one state or none.
   */
  share: number;
  /** Soft-thresholded cosine times `share`, 0 to 1; 0 where the two contradict. */
  f: number;
}

/**
 * Text as it is embedded, cues and claims alike (docs/method.md#similarity): reduced to the phrase
 * of a cue, without case and outer punctuation. "" where nothing is left.
 */
export function embeddedText(modality: CueModality, text: string): string {
  const plain = trimOuter(text.toLowerCase().replaceAll("’", "'"));
  if (plain === "") return "";
  return trimOuter(cuePhrase(modality, plain) || plain);
}

/** Compares two texts by their unit vectors. */
export function compareTexts(
  cue: { text: string; vector: Float32Array },
  claim: { text: string; vector: Float32Array },
  calibration: Calibration,
): Similarity {
  const cosine = dot(cue.vector, claim.vector);
  const opposite = contradicts(cue.text, claim.text);
  const share = sharedStates(cue.text, claim.text);
  const f = opposite ? 0 : softThreshold(cosine, calibration) * share;
  return { cosine, contradicts: opposite, share, f };
}

/**
 * 1/s for a claim that names s states ("pitch raised volume": s = 2), more where the cue names
 * several of them itself. A claim that hedges over two cues resembles both; unshared it would be
 * paid in full for whichever is true.
 */
export function sharedStates(cue: string, claim: string): number {
  const claimed = statesOf(claim);
  if (claimed.size < 2) return 1;
  const known = statesOf(cue);
  const common = [...claimed].filter((state) => known.has(state)).length;
  return Math.max(1, common) / claimed.size;
}
