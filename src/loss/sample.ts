import type { ClaimTokens } from "../cues/cue.ts";

/** A forward pass with one stream hidden (dropped, blanked, or swapped for another clip's). */
export type MaskedPass = "video" | "audio";
export const maskedPasses = ["video", "audio"] as const;

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
  claims: readonly ClaimTokens[];
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
  };
  metrics: Record<string, number>;
}
