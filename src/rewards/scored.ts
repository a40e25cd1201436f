import type { Claim, CueModality, CueSet } from "../cues/cue.ts";
import type { ParsedResponse } from "../cues/response.ts";
import type { PaperReading } from "./paper-score.ts";
import type { ModalityScore, PerceptionScore } from "./perception.ts";
import type { Similarity } from "./similarity.ts";

/** One response and what it is scored against. */
export interface ScoreItem {
  response: string;
  reference: CueSet;
  /** Right answers: one, several, or none, which leaves accuracy out of the reward. */
  labels: readonly string[];
}

/** A claim with its best cue. */
export interface ScoredClaim extends Claim {
  /**
   * s_C: best f over the cues of its modality, whether or not the assignment paid it (a true claim
   * is true even where another claim already recovered the cue). 0 for neutral claims.
   */
  match: number;
  /** Index in `reference.cues` of the most similar cue of its modality, with how it compares. */
  nearest: ({ cue: number } & Similarity) | null;
  /** Index of the cue it recovered in the one-to-one assignment; `null` if none. */
  recovered: number | null;
}

/** A reference cue with what recovered it. */
export interface ScoredCue {
  /** Index of the claim that recovered it, with how it compares; `null` if none. */
  recovered: ({ claim: number } & Similarity) | null;
  /** Index of the most similar claim of its modality, with how it compares. */
  nearest: ({ claim: number } & Similarity) | null;
}

/** A response taken apart, its claims held against the reference: what reward terms score. */
export interface ReadResponse {
  item: ScoreItem;
  parsed: ParsedResponse;
  claims: readonly ScoredClaim[];
  /** Same order as `reference.cues`. */
  cues: readonly ScoredCue[];
  modalities: Readonly<Record<CueModality, ModalityScore>>;
  perceptionParts: PerceptionScore;
  /** Clauses and the printed reward; only from a scorer that reads clauses. */
  paper?: PaperReading;
  /** Group of a label on an emotion wheel; the label itself without one. */
  groupOf: (label: string) => string;
}

/**
 * Scores by the name of their term, in [0, 1] (the printed R_omni: 0 to 3); one that says nothing
 * of the response is not there.
 */
export type RewardTerms = Readonly<Record<string, number>>;

/** A reward with every term that made it. */
export interface ScoredResponse extends Omit<ReadResponse, "item" | "groupOf"> {
  /** R in [0, 1]; in the printed form a sum, 0 to 3.5 with its weights. */
  reward: number;
  terms: RewardTerms;
  /** Names of terms that could say nothing of this response, and are no part of its reward. */
  leftOut: readonly string[];
}
