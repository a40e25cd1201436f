import { LossError } from "../core/errors.ts";
import {
  clamp,
  type Estimate,
  estimate,
  importanceRatio,
  importanceWeightedK3,
  logRatioLimit,
} from "./estimators.ts";
import type { ReferenceOptions } from "./options.ts";
import { addGradient, zeroResult } from "./result.ts";
import type { LossResult, LossSample } from "./sample.ts";
import { fullPassOnly, type LossTerm } from "./term.ts";
import { type BatchTotals, measureTotals } from "./totals.ts";

/**
 * KL to the reference policy at d = l − r, gradient on the full pass alone:
 *
 * - `weighted` L = (1/N) Σ_t ρ_t k3(d_t), dL/dl = ρ d / N: the KL's own gradient, on- and
 *   off-policy (docs/method.md#reference-kl);
 * - `grpo` L = (1/B) Σ_i (1/|o_i|) Σ_t k3(d_t), dL/dl = (1 − e^−d) / (B |o_i|), as GRPO prints it
 *   (2402.03300, eqs. 3 and 4) and so the paper's baseline. d is held at ±20 nats.
 *
 * @throws LossError REFERENCE_MISSING when a sample has no reference log-probs.
 */
export function referenceKl(
  batch: readonly LossSample[],
  totals: BatchTotals = measureTotals(batch),
  form: ReferenceOptions["form"] = "weighted",
): LossResult {
  const result = zeroResult(batch);
  batch.forEach((sample, index) => {
    const { reference, full } = sample;
    if (!reference) {
      throw new LossError("REFERENCE_MISSING", `sample ${index}: no reference log-probs`, {
        path: `batch.${index}.reference`,
        hint: "score rollouts under the reference policy, or set reference.weight to 0",
      });
    }
    const count = form === "grpo" ? full.length * totals.samples : totals.tokens;
    for (let t = 0; t < full.length; t++) {
      const current = full[t] as number;
      const drop = current - (reference[t] as number);
      const { value, slope } =
        form === "grpo" ? estimate("k3", drop) : weighted(current, drop, sample.sampled[t]!);
      result.loss += value / count;
      if (slope !== 0) addGradient(result, "full", index, t, slope / count);
    }
  });
  return result;
}

function weighted(current: number, drop: number, sampled: number): Estimate {
  const { ratio, live } = importanceRatio(current, sampled);
  const { value, slope } = importanceWeightedK3(clamp(drop, -logRatioLimit, logRatioLimit), ratio);
  return { value, slope: live ? slope : 0 };
}

export const referenceTerm: LossTerm = {
  ...fullPassOnly,
  name: "reference",
  weight: ({ reference }) => reference.weight,
  option: "reference.weight",
  compute: (batch, { reference }, totals) => referenceKl(batch, totals, reference.form),
  doc: {
    title: "KL to the reference policy",
    formula: String.raw`\frac1N\sum_t \rho_t\,k_3(l_t - r_t)`,
    anchor: "reference-kl",
    source: "GRPO 2402.03300, with an importance weight; with `form: grpo` as printed there",
  },
};
