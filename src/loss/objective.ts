import { attribution } from "./attribution.ts";
import { counterfactualInvariance, counterfactualSensitivity } from "./counterfactual.ts";
import { invariance } from "./invariance.ts";
import { monitor } from "./monitors.ts";
import { onset } from "./onset.ts";
import type { LossOptions } from "./options.ts";
import { entropyBrake, perceptionBonus } from "./papo.ts";
import { referenceKl } from "./reference.ts";
import { addScaled, zeroResult } from "./result.ts";
import type { LossResult, LossSample } from "./sample.ts";
import { sensitivity } from "./sensitivity.ts";
import { surrogate } from "./surrogate.ts";
import { type BatchTotals, measureTotals } from "./totals.ts";
import { checkPasses, validateBatch } from "./validate.ts";

/** What lies outside the batch. */
export interface ObjectiveContext {
  /** Totals of the global batch when `batch` is only a part of it. Default: measured on `batch`. */
  totals?: BatchTotals;
  /** 0 to 1, scales the suppressive terms: the claim controller's verdict. Default 1. */
  suppression?: number;
}

interface Term {
  name: string;
  weight: number;
  compute: () => LossResult;
}

/**
 * The whole objective (spec algorithms §2.4): surrogate + weighted auxiliary terms. Pure; minimise it by
 * handing `gradient` to the policy, pass by pass. A term whose masked pass a sample lacks skips that
 * sample and weighs the rest up, so that passes may alternate between steps and rollouts.
 *
 * Metrics: `loss/<term>` unweighted, `gradient/<term>` the L2 norm of its weighted gradient on log-probs,
 * and the monitors of §2.7.
 * @throws LossError naming sample, pass and token on lengths, non-finite log-probs or claim tokens outside;
 * on claims with no masked pass in the whole batch although a term compares with one.
 */
export function omniPerceptionObjective(
  batch: readonly LossSample[],
  options: LossOptions,
  context: ObjectiveContext = {},
): LossResult {
  validateBatch(batch);
  const totals = context.totals ?? measureTotals(batch);
  checkPasses(options, totals);
  const total = zeroResult(batch);
  const norms: Record<string, number> = {};
  for (const term of termsOf(batch, options, totals, context.suppression ?? 1)) {
    if (term.weight === 0) continue;
    const result = term.compute();
    addScaled(total, result, term.weight);
    Object.assign(total.metrics, result.metrics, { [`loss/${term.name}`]: result.loss });
    norms[`gradient/${term.name}`] = term.weight * gradientNorm(result);
  }
  Object.assign(total.metrics, norms, monitor(batch, total.gradient));
  return total;
}

/** L2 norm of dL/dlogp over the given passes (all by default). */
export function gradientNorm(
  result: Pick<LossResult, "gradient">,
  passes: readonly (keyof LossResult["gradient"])[] = ["full", "video", "audio"],
): number {
  let squares = 0;
  for (const pass of passes) {
    for (const row of result.gradient[pass]) for (const g of row ?? []) squares += g * g;
  }
  return Math.sqrt(squares);
}

function termsOf(
  batch: readonly LossSample[],
  options: LossOptions,
  totals: BatchTotals,
  suppression: number,
): Term[] {
  const { papo, counterfactual } = options;
  const term = (name: string, weight: number, compute: () => LossResult): Term => ({
    name,
    weight,
    compute,
  });
  return [
    term("policy", 1, () => surrogate(batch, options.surrogate, totals)),
    term("reference", options.reference.weight, () => referenceKl(batch, totals)),
    term("sensitivity", suppression * options.sensitivity.weight, () =>
      sensitivity(batch, options.sensitivity, totals),
    ),
    term("onset", suppression * options.onset.weight, () => onset(batch, options.onset, totals)),
    term("invariance", options.invariance.weight, () =>
      invariance(batch, options.invariance, totals),
    ),
    term("attribution", suppression * options.attribution.weight, () =>
      attribution(batch, options.attribution, totals),
    ),
    term("papo", papo.weight, () => perceptionBonus(batch, papo, totals)),
    term("entropy_full", papo.fullEntropy, () => entropyBrake(batch, "full", true, totals)),
    ...(["video", "audio"] as const).map((pass) =>
      term(`entropy_${pass}`, papo.maskedEntropy, () =>
        entropyBrake(batch, pass, papo.maskedGradient, totals),
      ),
    ),
    term("counterfactual_sensitivity", suppression * counterfactual.sensitivity, () =>
      counterfactualSensitivity(batch, counterfactual, totals),
    ),
    term("counterfactual_invariance", counterfactual.invariance, () =>
      counterfactualInvariance(batch, counterfactual, totals),
    ),
  ];
}
