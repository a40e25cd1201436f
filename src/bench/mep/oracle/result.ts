import type { Estimate, Series } from "../../../core/ratio.ts";
import type { CueModality, EvidenceModality } from "../../../cues/cue.ts";
import type { TokenDrop } from "../shared/drops.ts";
import type { Fact } from "./oracle.ts";

/**
 * `Estimate`: a ratio over the items, in the metric's own unit, with its 95 % bootstrap interval
 * over clips; `null` where nothing was counted, for a model that makes no claim has no
 * faithfulness, good or bad.
 */
export type { Difference, Estimate, Series } from "../../../core/ratio.ts";

/** One row of the table: a policy, or a control run of it. Plain JSON. */
export interface SystemScores {
  name: string;
  estimates: Record<string, Estimate>;
  series: Record<string, Series>;
}

export interface MepResult extends SystemScores {
  /** Content hash of the items it was run on. */
  itemsHash: string;
  /** Version of the scoring rules. */
  rules: string;
  /** Policy's own id. */
  policy: string;
  settings: Record<string, number | string>;
  /**
   * Floors: `blind` (both streams blank), `text-only` (both dropped), `shuffled` (other clip's
   * response).
   */
  controls: SystemScores[];
  clips: ClipRecord[];
  seconds: number;
}

/**
 * - `true`: the clip has it.
 * - `cross-modal`: false, and what the OTHER modality's emotion would look or sound like (conflict
 *   clips).
 * - `false`: false in another way.
 * - `unreadable`: evidence the lexicon doesn't know; counts as a claim that isn't shown to be true.
 * - `emotion`: a statement about the emotion; judged through the answer only.
 */
export type Verdict = "true" | "cross-modal" | "false" | "unreadable" | "emotion";

export interface ClaimRecord {
  text: string;
  start: number;
  end: number;
  modality: CueModality;
  fact: Fact | null;
  verdict: Verdict;
  /** Said before in the same response; counted once. */
  repeated: boolean;
}

export interface ResponseRecord {
  text: string;
  answer: string | null;
  correct: boolean;
  wellFormed: boolean;
  claims: ClaimRecord[];
}

export interface CueRecord extends Fact {
  modality: EvidenceModality;
  text: string;
}

/** What one system said about one clip. */
export interface ClipRecord {
  id: string;
  congruent: boolean;
  label: string;
  emotion: Record<EvidenceModality, string>;
  /** Salient cues of the clip, with one phrase that states each. */
  cues: CueRecord[];
  responses: ResponseRecord[];
  /** First response under hidden streams, by condition. */
  masked: Record<string, ResponseRecord>;
  /** Tokens of the first response; only for the clips that are kept in detail. */
  tokens?: TokenDrop[];
}
