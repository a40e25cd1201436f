import type { Claim, CueModality, CueSet } from "../cues/cue.ts";
import type { ParsedResponse } from "../cues/response.ts";
import type { RewardTerms } from "./combine.ts";
import type { ModalityScore, PerceptionScore } from "./perception.ts";
import type { Similarity } from "./similarity.ts";

/** One response and what it is scored against. */
export interface ScoreItem {
  response: string;
  reference: CueSet;
  label: string;
}

/** A claim with its best cue. */
export interface ScoredClaim extends Claim {
  /**
   * s_C: best f over the cues of its modality, whether or not the assignment paid it (a true claim is
   * true even where another claim already recovered the cue). 0 for neutral claims.
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

/** A reward with every term that made it. */
export interface ScoredResponse extends RewardTerms {
  /** R in [0, 1]. */
  reward: number;
  perceptionParts: PerceptionScore;
  modalities: Readonly<Record<CueModality, ModalityScore>>;
  claims: readonly ScoredClaim[];
  /** Same order as `reference.cues`. */
  cues: readonly ScoredCue[];
  parsed: ParsedResponse;
}
