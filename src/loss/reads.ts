import { evidenceModalities } from "../cues/cue.ts";
import type { LossOptions } from "./options.ts";
import { type LossPass, type LossSample, lossPasses } from "./sample.ts";
import { referencedClauses, selectorOf } from "./selectors.ts";
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
  clauses?: LossSample["clauses"],
): number[] | undefined {
  const tokens = new Set(claims.flatMap(({ heads }) => heads));
  for (const term of activeTerms(options, terms)) {
    if (term.joint?.(options)) continue;
    const kind = term.reads(options);
    if (kind === "all") return undefined;
    for (const { heads, onset } of selectorOf(term, options).pick(claims, clauses)) {
      if (kind === "heads") for (const head of heads) tokens.add(head);
      if (kind === "onset" && onset !== undefined) tokens.add(onset);
    }
  }
  return [...tokens].sort((a, b) => a - b);
}

/** Whether an active term acts on clauses of the reference: rewards must then be read with them. */
export function readsClauses(
  options: LossOptions,
  terms: readonly LossTerm[] = lossTerms,
): boolean {
  return activeTerms(options, terms).some(
    (term) => selectorOf(term, options) === referencedClauses,
  );
}

/**
 * Tokens of each pass at which the objective looks at the whole vocabulary, ascending; a pass
 * without any is left out.
 */
export function wholeReads(
  options: LossOptions,
  { claims, clauses, full }: Pick<LossSample, "claims" | "clauses" | "full">,
  terms: readonly LossTerm[] = lossTerms,
): Partial<Record<LossPass, number[]>> {
  const tokens: Record<LossPass, Set<number>> = {
    full: new Set(),
    video: new Set(),
    audio: new Set(),
    both: new Set(),
  };
  for (const term of activeTerms(options, terms)) {
    const picked = selectorOf(term, options).pick(claims, clauses);
    const asked = term.whole?.(picked, full.length, options) ?? {};
    for (const pass of lossPasses) for (const token of asked[pass] ?? []) tokens[pass].add(token);
  }
  const reads: Partial<Record<LossPass, number[]>> = {};
  for (const pass of lossPasses) {
    if (tokens[pass].size > 0) reads[pass] = [...tokens[pass]].sort((a, b) => a - b);
  }
  return reads;
}

/** Whether the objective looks at the whole vocabulary anywhere. */
export function readsWhole(options: LossOptions, terms: readonly LossTerm[] = lossTerms): boolean {
  const claims = evidenceModalities.map((modality) => ({ modality, heads: [0], match: 1 }));
  const any = { claims, clauses: claims, full: [0] };
  return Object.keys(wholeReads(options, any, terms)).length > 0;
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
