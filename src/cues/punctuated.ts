import { firstIndex } from "../core/first-index.ts";
import type { ClaimTokens, EvidenceModality, Span } from "./cue.ts";
import { solidTokens } from "./solid-tokens.ts";

/** A stretch of reasoning between two punctuation marks. */
export interface PunctuatedClause {
  text: string;
  span: Span;
}

/**
 * Where the paper's first author cuts reasoning in a public training repository: Chinese and
 * English full stops, exclamation and question marks, commas, and line breaks. The paper says
 * "punctuation" and no more. A decimal point cuts as well.
 */
const marks = /[^。！？!?.，,\r\n]+/g;

/**
 * Clauses u_1…u_K of a text as OPPO's paper cuts it, in order, without their marks and outer white
 * space (docs/method.md#reward-as-printed). Nothing else is looked at: no labels, no heads.
 * `offset` is where the text begins in the one that spans shall refer to.
 */
export function punctuatedClauses(text: string, offset = 0): PunctuatedClause[] {
  return Array.from(text.matchAll(marks)).flatMap(({ 0: piece, index }) => {
    const clause = piece.trim();
    if (clause === "") return [];
    const start = offset + index + (piece.length - piece.trimStart().length);
    return [{ text: clause, span: { start, end: start + clause.length } }];
  });
}

/** A clause that a reference cue of what can be seen or heard stands behind. */
export interface EvidenceClause {
  modality: EvidenceModality;
  span: Span;
  /** 0 to 1: how far the similarity lies above the threshold. */
  match: number;
}

/**
 * Places clauses among a completion's tokens as the paper does: every token of the clause is
 * evidence. Same shape as claims by their own words, so any term of the loss can act on either.
 * A clause behind the end of a cut completion has no token and is left out.
 *
 * @param tokenOffsets as for `claimTokens`.
 */
export function clauseTokens(
  clauses: readonly EvidenceClause[],
  tokenOffsets: readonly Span[],
): ClaimTokens[] {
  const begun = new Set<EvidenceModality>();
  const tokens = solidTokens(tokenOffsets);
  return clauses.flatMap(({ modality, span, match }) => {
    const heads: number[] = [];
    for (let at = firstIndex(tokens, ({ end }) => end > span.start); at < tokens.length; at++) {
      if (tokens[at]!.start >= span.end) break;
      heads.push(tokens[at]!.token);
    }
    if (heads.length === 0) return [];
    const first = !begun.has(modality);
    begun.add(modality);
    return [{ modality, heads, match, ...(first ? { onset: heads[0]! } : {}) }];
  });
}
