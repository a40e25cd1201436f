import { groundableClaims, otherPass } from "./evidence.ts";
import type { InvarianceOptions } from "./options.ts";
import { addGradient, zeroResult } from "./result.ts";
import type { LossResult, LossSample } from "./sample.ts";
import { everyClaim, type LossTerm } from "./term.ts";
import { type BatchTotals, coverageWeight, measureTotals } from "./totals.ts";

/**
 * I = (1/N) Σ_C (1 − s_C) Σ_{t∈H(C)} huber([l_t − sg(m^k'_t) − kappa]+): a claim about one stream
 * must not lean on the other (docs/method.md#invariance). One-sided: a token likelier without the
 * other stream is no leak. A matched claim is spared by s_C. Gradient only on the full pass.
 */
export function invariance(
  batch: readonly LossSample[],
  options: Omit<InvarianceOptions, "weight">,
  totals: BatchTotals = measureTotals(batch),
): LossResult {
  const result = zeroResult(batch);
  batch.forEach((sample, index) => {
    for (const claim of groundableClaims(sample)) {
      const masked = sample[otherPass(claim.modality)];
      if (!masked) continue;
      const share =
        ((1 - claim.match) * coverageWeight(totals, claim.modality, "other")) / totals.tokens;
      for (const token of claim.heads) {
        const leak = (sample.full[token] as number) - (masked[token] as number) - options.kappa;
        if (leak <= 0) continue;
        const { value, slope } = huber(leak, options.huber);
        result.loss += share * value;
        addGradient(result, "full", index, token, share * slope);
      }
    }
  });
  return result;
}

export const invarianceTerm: LossTerm = {
  name: "invariance",
  weight: ({ invariance }) => invariance.weight,
  option: "invariance.weight",
  suppressive: false,
  needs: "one",
  blindOnly: false,
  reads: () => "heads",
  selector: everyClaim,
  learnsMasked: () => false,
  usesMatch: () => true,
  metrics: [],
  compute: (batch, options, totals) => invariance(batch, options.invariance, totals),
  doc: {
    title: "Invariance I: a claim must not lean on the other stream",
    formula: String.raw`\frac1N\sum_C (1-s_C)\,\kappa^{other} \sum_{t\in H(C)} \mathrm{huber}([l_t - \mathrm{sg}(m^{k'}_t) - \kappa_0]_+)`,
    anchor: "invariance",
    source: "ours",
  },
};

/** Huber's loss: x²/2 up to |x| = knee, linear beyond. Slope is clamp(x, ±knee). */
export function huber(x: number, knee: number): { value: number; slope: number } {
  const size = Math.abs(x);
  if (size <= knee) return { value: (x * x) / 2, slope: x };
  return { value: knee * (size - knee / 2), slope: Math.sign(x) * knee };
}
