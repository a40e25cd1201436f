import type { CueModality, EvidenceModality } from "../cues/cue.ts";
import type { PunctuatedClause } from "../cues/punctuated.ts";

/** A cue of the reference against the reasoning. */
export interface PaperCue {
  /** M(c): best cosine over all clauses; −1 where there are none. */
  best: number;
  /** The clause that has it, the first of equals; null without clauses. */
  clause: number | null;
  /** s(c) = max(M(c) − δ, 0)/(1 − δ). */
  score: number;
}

/** The Omni-Perception Reward as the paper prints it. */
export interface OmniScore {
  cues: PaperCue[];
  /** Mean of s(c) over the cues of each kind; 0 for a kind without cues. */
  means: Record<CueModality, number>;
  /** Their sum, 0 to 3. */
  value: number;
}

/** R_acc, and what it was made by: emotion wheels, or the words as they stand. */
export interface PaperAccuracy {
  value: number;
  by: "wheels" | "words";
}

/** A clause of the reasoning with the cue that makes it evidence. */
export interface ScoredClause extends PunctuatedClause {
  /** Index in `reference.cues`; null where no visual or acoustic cue exceeds δ. */
  cue: number | null;
  modality: EvidenceModality | null;
  /** Cosine with that cue; 0 without one. */
  cosine: number;
  /** (cosine − δ)/(1 − δ); 0 without a cue. */
  match: number;
}

/** A response as the paper's reward and its choice of evidence read it. */
export interface PaperReading {
  clauses: readonly ScoredClause[];
  omni: OmniScore;
  /** null where the clip has no label. */
  accuracy: PaperAccuracy | null;
}
