import { attributionTerm } from "./attribution.ts";
import { counterfactualInvarianceTerm, counterfactualSensitivityTerm } from "./counterfactual.ts";
import { invarianceTerm } from "./invariance.ts";
import { onsetTerm } from "./onset.ts";
import type { LossOptions } from "./options.ts";
import { paperTerm } from "./paper.ts";
import { entropyTerms, papoTerm } from "./papo.ts";
import { referenceTerm } from "./reference.ts";
import { sensitivityTerm } from "./sensitivity.ts";
import { surrogateTerm } from "./surrogate.ts";
import type { LossTerm, PassNeed } from "./term.ts";

/**
 * Every term of the objective. They are summed in this order, which fixes the last bit of the loss.
 */
export const lossTerms: readonly LossTerm[] = [
  surrogateTerm,
  referenceTerm,
  sensitivityTerm,
  onsetTerm,
  invarianceTerm,
  attributionTerm,
  papoTerm,
  ...entropyTerms,
  counterfactualSensitivityTerm,
  counterfactualInvarianceTerm,
  paperTerm,
];

/** Terms with a weight, in the table's order. */
export function activeTerms(
  options: LossOptions,
  terms: readonly LossTerm[] = lossTerms,
): LossTerm[] {
  return terms.filter((term) => term.weight(options) !== 0);
}

/**
 * Masked passes per rollout that the objective needs: as many as its most demanding active term.
 */
export function requiredPasses(
  options: LossOptions,
  terms: readonly LossTerm[] = lossTerms,
): PassNeed {
  const needs = activeTerms(options, terms)
    .filter((term) => !term.joint?.(options))
    .map((term) => term.needs);
  if (needs.includes("both")) return "both";
  return needs.includes("one") ? "one" : "none";
}

/** Whether an active term compares with a pass in which both streams are hidden at once. */
export function needsJointPass(
  options: LossOptions,
  terms: readonly LossTerm[] = lossTerms,
): boolean {
  return activeTerms(options, terms).some((term) => term.joint?.(options) ?? false);
}

/** Active terms that can do nothing where every hidden stream still shows something. */
export function blindOnlyTerms(
  options: LossOptions,
  terms: readonly LossTerm[] = lossTerms,
): LossTerm[] {
  return activeTerms(options, terms).filter(({ blindOnly }) => blindOnly);
}

/** Names of all metrics that the terms can report, monitors aside. */
export function metricNames(terms: readonly LossTerm[] = lossTerms): string[] {
  return terms.flatMap(({ name, metrics }) => [`loss/${name}`, `gradient/${name}`, ...metrics]);
}
