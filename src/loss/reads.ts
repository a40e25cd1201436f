import type { LossOptions } from "./options.ts";
import type { LossSample } from "./sample.ts";

/**
 * Tokens of a masked pass that the objective or its monitors look at, ascending; undefined: all of them.
 * Only terms over whole responses (PAPO's bonus over all tokens and its entropy brakes) look at every
 * token; all others look at the heads of claims, and the onset term at where claims begin.
 */
export function maskedReads(
  options: Pick<LossOptions, "papo" | "onset">,
  claims: LossSample["claims"],
): number[] | undefined {
  const { papo, onset } = options;
  const whole = (papo.weight !== 0 && papo.tokens === "all") || papo.maskedEntropy !== 0;
  if (whole) return undefined;
  const tokens = new Set<number>();
  for (const claim of claims) {
    for (const head of claim.heads) tokens.add(head);
    if (onset.weight !== 0 && claim.onset !== undefined) tokens.add(claim.onset);
  }
  return [...tokens].sort((a, b) => a - b);
}

/** A value for each token of a pass that was read at some only: NaN, which every sum shows, elsewhere. */
export function spreadReads(
  values: ArrayLike<number>,
  read: readonly number[],
  length: number,
): Float32Array {
  const out = new Float32Array(length).fill(Number.NaN);
  read.forEach((token, index) => {
    out[token] = values[index] as number;
  });
  return out;
}
