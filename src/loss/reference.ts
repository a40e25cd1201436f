import { LossError } from "../core/errors.ts";
import { clamp, importanceRatio, importanceWeightedK3, logRatioLimit } from "./estimators.ts";
import { addGradient, zeroResult } from "./result.ts";
import type { LossResult, LossSample } from "./sample.ts";
import { fullPassOnly, type LossTerm } from "./term.ts";
import { type BatchTotals, measureTotals } from "./totals.ts";

/**
 * L_ref = (1/N) Σ ρ_t · k3(l_t − r_t): KL to the reference policy, right on- and off-policy
 * (docs/method.md#reference-kl). dL/dl = ρ (l − r) / N. Gradient only on the full pass.
 * @throws LossError when a sample has no reference log-probs.
 */
export function referenceKl(
  batch: readonly LossSample[],
  totals: BatchTotals = measureTotals(batch),
): LossResult {
  const result = zeroResult(batch);
  batch.forEach((sample, index) => {
    const { reference } = sample;
    if (!reference) {
      throw new LossError("REFERENCE_MISSING", `sample ${index}: no reference log-probs`, {
        path: `batch.${index}.reference`,
        hint: "score rollouts under the reference policy, or set reference.weight to 0",
      });
    }
    for (let t = 0; t < sample.full.length; t++) {
      const current = sample.full[t] as number;
      const raw = current - (reference[t] as number);
      const { ratio, live } = importanceRatio(current, sample.sampled[t] as number);
      const term = importanceWeightedK3(clamp(raw, -logRatioLimit, logRatioLimit), ratio);
      result.loss += term.value / totals.tokens;
      if (live) addGradient(result, "full", index, t, term.slope / totals.tokens);
    }
  });
  return result;
}

export const referenceTerm: LossTerm = {
  ...fullPassOnly,
  name: "reference",
  weight: ({ reference }) => reference.weight,
  option: "reference.weight",
  compute: (batch, _, totals) => referenceKl(batch, totals),
  doc: {
    title: "KL to the reference policy",
    formula: String.raw`\frac1N\sum_t \rho_t\,k_3(l_t - r_t)`,
    anchor: "reference-kl",
    source: "GRPO 2402.03300, with an importance weight",
  },
};
