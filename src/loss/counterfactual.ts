import { type EvidenceModality, evidenceModalities } from "../cues/cue.ts";
import { clamp, estimators } from "./estimators.ts";
import { evidenceTokens, otherPass, ownPass } from "./evidence.ts";
import type { CounterfactualOptions } from "./options.ts";
import { addGradient, zeroResult } from "./result.ts";
import type { LossResult, LossSample, MaskedPass } from "./sample.ts";
import { everyClaim, type LossTerm } from "./term.ts";
import { type BatchTotals, measureTotals } from "./totals.ts";

/**
 * Slopes beyond this d are held, nats: a swapped stream can make a token e^5 times likelier or
 * rarer, and one such token would outweigh the batch.
 */
const slopeLimit = 3;

/** What one evidence token adds: value, and dL/dlogp on each branch. */
interface TokenTerm {
  value: number;
  full: number;
  masked: number;
  /** Counted in the term's metric. */
  hit: boolean;
}

/**
 * Counterfactual sensitivity: with a claim's own stream swapped for another clip's, its evidence
 * tokens must become less likely. Value: mean over evidence tokens of [cap − d]+, d = l − m^k.
 *
 * The study this follows used −min(KL(π‖π_k), cap) over the whole vocabulary at evidence positions.
 * Here only sampled tokens are known, so each branch takes the estimator whose expected gradient is
 * that of −KL(π‖π_k): −d on l (k2; k1 would be noise, or on a selected set plain likelihood
 * training that raises hallucinated claims too) and +1 on m^k (k1, which is also the slope of the
 * hinge and, unlike k3, lives at d = 0 where a cross-modal hallucination sits). `fullEstimator: k1`
 * gives the literal hinge.
 */
export function counterfactualSensitivity(
  batch: readonly LossSample[],
  options: Pick<CounterfactualOptions, "cap" | "routing" | "fullEstimator">,
  totals: BatchTotals = measureTotals(batch),
): LossResult {
  const divisor = totals.evidence.visual.own + totals.evidence.acoustic.own;
  return overEvidence(batch, ownPass, divisor, options.routing, "counterfactual/active", (d) => {
    if (d >= options.cap) return { value: 0, full: 0, masked: 0, hit: false };
    const full = options.fullEstimator === "k1" ? -1 : -clamp(d, -slopeLimit, slopeLimit);
    return { value: options.cap - d, full, masked: 1, hit: true };
  });
}

/**
 * Counterfactual invariance: with the *other* stream swapped, evidence tokens must keep their
 * log-prob. Value: mean over evidence tokens of k3(d), d = l − m^k', an unbiased estimate of
 * KL(π‖π_k').
 *
 * Gradients are those of KL(π‖π_k') in expectation: d on l (k2) and e^{−d} − 1 on m^k' (k3; k1 has
 * the same mean but pushes at full strength where nothing is wrong). Two-sided: both vanish only at
 * d = 0.
 */
export function counterfactualInvariance(
  batch: readonly LossSample[],
  options: Pick<CounterfactualOptions, "routing">,
  totals: BatchTotals = measureTotals(batch),
): LossResult {
  const divisor = totals.evidence.visual.other + totals.evidence.acoustic.other;
  return overEvidence(batch, otherPass, divisor, options.routing, "counterfactual/clamped", (d) => {
    const { value, slope } = estimators.k3(Math.max(d, -slopeLimit));
    return { value, full: clamp(d, -slopeLimit, slopeLimit), masked: -slope, hit: d < -slopeLimit };
  });
}

const shared = {
  needs: "one",
  blindOnly: false,
  reads: () => "heads",
  selector: everyClaim,
  learnsMasked: ({ counterfactual }) => counterfactual.routing !== "full",
  usesMatch: () => false,
} as const satisfies Partial<LossTerm>;

export const counterfactualSensitivityTerm: LossTerm = {
  ...shared,
  name: "counterfactual_sensitivity",
  weight: ({ counterfactual }) => counterfactual.sensitivity,
  option: "counterfactual.sensitivity",
  suppressive: true,
  metrics: ["counterfactual/active"],
  compute: (batch, options, totals) =>
    counterfactualSensitivity(batch, options.counterfactual, totals),
  doc: {
    title: "Counterfactual sensitivity: own stream swapped, evidence becomes less likely",
    formula: String.raw`\frac1{|M_{own}|}\sum_{t \in M_{own}} [c - d^k_t]_+`,
    anchor: "counterfactual-terms",
    source: "a feasibility study of ours, sampled form",
  },
};

export const counterfactualInvarianceTerm: LossTerm = {
  ...shared,
  name: "counterfactual_invariance",
  weight: ({ counterfactual }) => counterfactual.invariance,
  option: "counterfactual.invariance",
  suppressive: false,
  metrics: ["counterfactual/clamped"],
  compute: (batch, options, totals) =>
    counterfactualInvariance(batch, options.counterfactual, totals),
  doc: {
    title: "Counterfactual invariance: other stream swapped, evidence stays as likely",
    formula: String.raw`\frac1{|M_{other}|}\sum_{t \in M_{other}} k_3(d^{k'}_t)`,
    anchor: "counterfactual-terms",
    source: "a feasibility study of ours, sampled form",
  },
};

function overEvidence(
  batch: readonly LossSample[],
  passOf: (modality: EvidenceModality) => MaskedPass,
  divisor: number,
  routing: CounterfactualOptions["routing"],
  metric: string,
  termAt: (drop: number) => TokenTerm,
): LossResult {
  const result = zeroResult(batch);
  let hits = 0;
  let seen = 0;
  batch.forEach((sample, index) => {
    for (const modality of evidenceModalities) {
      const pass = passOf(modality);
      const masked = sample[pass];
      if (!masked) continue;
      for (const token of evidenceTokens(sample, modality)) {
        const term = termAt((sample.full[token] as number) - (masked[token] as number));
        seen++;
        if (term.hit) hits++;
        result.loss += term.value / divisor;
        if (routing !== "masked") addGradient(result, "full", index, token, term.full / divisor);
        if (routing !== "full") addGradient(result, pass, index, token, term.masked / divisor);
      }
    }
  });
  if (seen > 0) result.metrics = { [metric]: hits / seen };
  return result;
}
