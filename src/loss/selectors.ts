import type { LossOptions } from "./options.ts";
import { type ClaimSelector, everyClaim, type LossTerm } from "./term.ts";

/**
 * Clauses that a cue of the reference stands behind, with all their tokens: evidence as OPPO's
 * paper picks it. A response without such clauses has none.
 */
export const referencedClauses: ClaimSelector = {
  id: "clauses of the reference",
  pick: (_, clauses = []) => clauses,
};

/** What `evidence.selector` can name. */
export const selectors: Readonly<Record<LossOptions["evidence"]["selector"], ClaimSelector>> = {
  own: everyClaim,
  reference: referencedClauses,
};

/**
 * The evidence a term acts on: its own selector, or for those of every claim the options' choice.
 * A term on the full pass alone looks at no claim.
 */
export function selectorOf(
  { selector, needs }: Pick<LossTerm, "selector" | "needs">,
  { evidence }: Pick<LossOptions, "evidence">,
): ClaimSelector {
  return selector === everyClaim && needs !== "none" ? selectors[evidence.selector] : selector;
}
