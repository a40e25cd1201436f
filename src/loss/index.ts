/**
 * Losses as pure functions of per-token log-probs: loss, dL/dlogp and metrics. See docs/method.md.
 * @module
 */
export { attribution } from "./attribution.ts";
export {
  advanceController,
  type ControllerAlert,
  type ControllerReading,
  type ControllerState,
  startController,
  suppression,
} from "./controller.ts";
export { counterfactualInvariance, counterfactualSensitivity } from "./counterfactual.ts";
export { type Estimate, type EstimatorName, estimators } from "./estimators.ts";
export { evidenceTokens, otherPass, ownPass } from "./evidence.ts";
export { invariance } from "./invariance.ts";
export { monitor } from "./monitors.ts";
export {
  gradientNorm,
  type ObjectiveContext,
  omniPerceptionObjective,
  selectClaims,
} from "./objective.ts";
export { onset } from "./onset.ts";
export { type LossConfig, type LossOptions, lossConfigSchema, type PresetName } from "./options.ts";
export { paperLoss } from "./paper.ts";
export { entropyBrake, perceptionBonus } from "./papo.ts";
export { presets, resolveLossOptions } from "./presets.ts";
export { maskedReads, readsClauses, readsWhole, wholeReads } from "./reads.ts";
export { referenceKl } from "./reference.ts";
export type { LossPass, LossResult, LossSample, MaskedPass, WholeRows } from "./sample.ts";
export { referencedClauses, selectorOf, selectors } from "./selectors.ts";
export { sensitivity } from "./sensitivity.ts";
export { surrogate } from "./surrogate.ts";
export {
  type ClaimSelector,
  everyClaim,
  type LossTerm,
  type PassNeed,
  type TokenReads,
} from "./term.ts";
export {
  activeTerms,
  blindOnlyTerms,
  lossTerms,
  metricNames,
  needsJointPass,
  requiredPasses,
} from "./terms.ts";
export { addTotals, type BatchTotals, measureTotals } from "./totals.ts";
export { addKlSlopes, onLogits, rowKl } from "./whole.ts";
