/** Modality of a cue or claim. `visual` cues come from video, `acoustic` cues from audio. */
export type CueModality = "visual" | "acoustic" | "emotion";
export const cueModalities = ["visual", "acoustic", "emotion"] as const;

/** Evidence that masking a stream can hide. */
export type EvidenceModality = "visual" | "acoustic";
export const evidenceModalities = ["visual", "acoustic"] as const;

/** Character range in a text: UTF-16 code units, end exclusive. */
export interface Span {
  start: number;
  end: number;
}

/** One atomic observable statement of a reference: 1 ("smiles") to 8 words, one predicate. */
export interface Cue {
  modality: CueModality;
  text: string;
  /** False when negated ("no smile", "not raised"). */
  positive: boolean;
  /** Where it stands in the reference. */
  span: Span;
}

/** Cues of one reference, by modality. A modality may be empty. */
export interface CueSet {
  cues: readonly Cue[];
  /** Name and version of what extracted them. */
  extractor: string;
}

/**
 * One clause of a response's reasoning, labelled from its own words and never from the reference.
 */
export interface Claim {
  modality: CueModality | "neutral";
  text: string;
  positive: boolean;
  span: Span;
  /** Content words: where evidence tokens lie. */
  heads: readonly Span[];
  /** Why it got its modality: the section or the words that decided. */
  reason: string;
  /** A near-duplicate of an earlier claim of the same response. */
  repeated: boolean;
}

/** A claim's place among a completion's tokens. What the Omni-Perception Loss reads. */
export interface ClaimTokens {
  modality: EvidenceModality;
  /**
   * Indices of evidence tokens: first sub-token of each content word
   * (docs/method.md#evidence-tokens).
   */
  heads: readonly number[];
  /** Token at which the claim begins; only on the first claim of its modality in the response. */
  onset?: number;
  /** How well the claim is matched by a reference cue, 0 to 1 (s_C). */
  match: number;
}
