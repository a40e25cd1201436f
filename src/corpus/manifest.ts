import type { EvidenceModality } from "../cues/cue.ts";
import type { Split } from "../data/clip-row.ts";

export { type Split, splits } from "../data/clip-row.ts";

/**
 * State of one factor of a face or voice. 0 is neutral, other values are salient (see
 * `factors.ts`).
 */
export type FactorName =
  | "brows"
  | "eyes"
  | "mouth"
  | "head"
  | "gaze"
  | "pitch"
  | "loudness"
  | "tempo"
  | "quality"
  | "intonation";

/** One row of `manifest.jsonl`: the oracle. Everything here is exact by construction. */
export interface ManifestRow {
  id: string;
  split: Split;
  /** Relative to the corpus folder. */
  file: string;
  seed: string;
  /** Emotion the face, and the voice, were drawn from; the answer label. */
  visualEmotion: string;
  acousticEmotion: string;
  label: string;
  congruent: boolean;
  factors: Record<FactorName, number>;
  /** Complete and true reasoning with answer: `<think>…</think><answer>label</answer>`. */
  reference: string;
  /**
   * What the cold start imitates: cues mentioned with probability ½, some replaced by the label's
   * prototype.
   */
  coldStart: readonly string[];
  /** Rendering degradations actually drawn (noise levels, SNR). */
  noise: Record<EvidenceModality, number>;
}

/** `corpus.json`: what made the corpus, and hashes of what it holds. */
export interface CorpusInfo {
  version: string;
  options: unknown;
  counts: Record<Split, number>;
  manifestSha256: string;
}
