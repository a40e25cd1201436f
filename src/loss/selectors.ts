import type { EvidenceOptions } from "./options.ts";
import { type ClaimSelector, everyClaim, type LossTerm } from "./term.ts";

/**
 * Clauses that a cue of the reference stands behind, with all their tokens: evidence as OPPO's
 * paper picks it. A response without such clauses has none.
 */
export const referencedClauses: ClaimSelector = {
  id: "clauses of the reference",
  pick: (_, clauses = []) => clauses,
};

/** What `evidence.selector` and `evidence.terms` can name. */
export const selectors: Readonly<Record<EvidenceOptions["selector"], ClaimSelector>> = {
  own: everyClaim,
  reference: referencedClauses,
};

/**
 * The evidence a term acts on: its own selector, or for those of every claim the options' choice,
 * the term's before the common one. A term on the full pass alone looks at no claim.
 */
export function selectorOf(
  { name, selector, needs }: Pick<LossTerm, "name" | "selector" | "needs">,
  { evidence }: { evidence: EvidenceOptions },
): ClaimSelector {
  if (selector !== everyClaim || needs === "none") return selector;
  const chosen: Readonly<Record<string, EvidenceOptions["selector"]>> = evidence.terms;
  return selectors[Object.hasOwn(chosen, name) ? chosen[name]! : evidence.selector];
}
