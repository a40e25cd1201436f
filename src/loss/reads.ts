import type { LossOptions } from "./options.ts";
import type { LossSample } from "./sample.ts";
import type { LossTerm } from "./term.ts";
import { activeTerms, lossTerms } from "./terms.ts";

/**
 * Tokens of a masked pass that the objective or its monitors look at, ascending; undefined: all of
 * them. Monitors look at the heads of all claims, whichever terms are on; each term adds what it
 * declares.
 */
export function maskedReads(
  options: LossOptions,
  claims: LossSample["claims"],
  terms: readonly LossTerm[] = lossTerms,
): number[] | undefined {
  const tokens = new Set(claims.flatMap(({ heads }) => heads));
  for (const { reads, selector } of activeTerms(options, terms)) {
    const kind = reads(options);
    if (kind === "all") return undefined;
    for (const { heads, onset } of selector.pick(claims)) {
      if (kind === "heads") for (const head of heads) tokens.add(head);
      if (kind === "onset" && onset !== undefined) tokens.add(onset);
    }
  }
  return [...tokens].sort((a, b) => a - b);
}

/**
 * A value for each token of a pass that was read at some only: NaN, which every sum shows,
 * elsewhere.
 */
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
