import type { ClaimTokens } from "../cues/cue.ts";

/** A forward pass with one stream hidden (dropped, blanked, or swapped for another clip's). */
export type MaskedPass = "video" | "audio";
export const maskedPasses = ["video", "audio"] as const;

/** Every forward pass of a rollout. `both`: both streams hidden at once (PAPO's form). */
export type LossPass = "full" | MaskedPass | "both";
export const lossPasses = ["full", "video", "audio", "both"] as const;

/** Log-probs of the whole vocabulary, or gradients on them, at some tokens of one pass. */
export interface WholeRows {
  /** Tokens of the response, ascending. */
  positions: readonly number[];
  /** V: length of a row. */
  vocabulary: number;
  /** [positions × V], row-major. */
  values: ArrayLike<number>;
}

/** One rollout as a loss sees it. Arrays are log-probs of the sampled tokens, [tokens]. */
export interface LossSample {
  /** Group-relative advantage A_i. */
  advantage: number;
  /** l: current policy, full input. */
  full: ArrayLike<number>;
  /** o: the policy that sampled. */
  sampled: ArrayLike<number>;
  /** r: reference policy; only where the reference KL is on. */
  reference?: ArrayLike<number>;
  /**
   * m^v: current policy, video hidden; absent when this rollout had no such pass. NaN at tokens
   * that were not read because the objective does not look at them (`maskedReads`).
   */
  video?: ArrayLike<number>;
  /** m^a: current policy, audio hidden; likewise. */
  audio?: ArrayLike<number>;
  /**
   * Log-probs with both streams hidden at once; only where a term compares with such a pass. NaN
   * where nothing was read.
   */
  both?: ArrayLike<number>;
  /** Whole-vocabulary rows by pass, at the tokens where a term asks for them (`wholeReads`). */
  whole?: Partial<Record<LossPass, WholeRows>>;
  claims: readonly ClaimTokens[];
  /**
   * Evidence as the reference picks it: clauses that resemble a cue, all their tokens. What the
   * selector `reference` hands to terms in the place of `claims`.
   */
  clauses?: readonly ClaimTokens[];
  /** Rollouts of one prompt have the same number; only where a term compares them. */
  group?: number;
  /**
   * Its claims with all their tokens and their match, told true from false; only where a term asks
   * for them (`LossTerm.readsSentences`).
   */
  sentences?: readonly ClaimTokens[];
  /**
   * Passes under which the stream can still be seen: a partial mask, or a swap for another clip's.
   * The onset term skips them: with half the frames left, or another face, abstaining would be
   * wrong (docs/method.md#onset).
   */
  partial?: readonly MaskedPass[];
}

/** Loss, its gradient on every log-prob, and monitors. */
export interface LossResult {
  loss: number;
  /** dL/dlogp per sample and pass; `undefined` where the pass is absent or gets no gradient. */
  gradient: {
    full: Float64Array[];
    video: (Float64Array | undefined)[];
    audio: (Float64Array | undefined)[];
    /** Only where a term learns through a pass with both streams hidden. */
    both?: (Float64Array | undefined)[];
  };
  /**
   * dL/dlogp of whole-vocabulary rows per pass and sample, [positions × V] in the order of
   * `LossSample.whole`; only where a term has such a gradient.
   */
  whole?: Partial<Record<LossPass, (Float64Array | undefined)[]>>;
  metrics: Record<string, number>;
}
