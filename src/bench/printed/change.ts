import { rowKl } from "../../loss/whole.ts";

/** Rows of log-probs over the vocabulary, [positions × V], of a full and of a masked pass. */
export interface PassRows {
  full: ArrayLike<number>;
  masked: ArrayLike<number>;
}

/** KL(p‖p^m) at one position before and after training, nats, and what each pass did to it. */
export interface KlChange {
  before: number;
  after: number;
  /** What the full pass's change adds, a mean over the two orders of changing the passes. */
  "by-full": number;
  /** The same of the masked pass's: both add up to after − before. */
  "by-masked": number;
}

/**
 * Shares the change of a divergence between its two passes. Changing the full pass first gives
 * KL(p₁‖q₀) − KL(p₀‖q₀), last KL(p₁‖q₁) − KL(p₀‖q₁); each share is the mean of the two orders
 * (Shapley's value of a game of two), so that neither pass is favoured.
 */
export function klChange(before: PassRows, after: PassRows, vocabulary: number): KlChange[] {
  const positions = vocabulary === 0 ? 0 : before.full.length / vocabulary;
  return Array.from({ length: positions }, (_, row) => {
    const at = { p: row * vocabulary, q: row * vocabulary };
    const kl = (full: PassRows, masked: PassRows) =>
      rowKl(full.full, masked.masked, vocabulary, at);
    const [old, fresh] = [kl(before, before), kl(after, after)];
    const [fullFirst, maskedFirst] = [kl(after, before), kl(before, after)];
    return {
      before: old,
      after: fresh,
      "by-full": (fullFirst - old + fresh - maskedFirst) / 2,
      "by-masked": (maskedFirst - old + fresh - fullFirst) / 2,
    };
  });
}
