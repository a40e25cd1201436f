import { groundableClaims, otherPass, ownPass, sumOver } from "./evidence.ts";
import type { AttributionOptions } from "./options.ts";
import { addGradient, zeroResult } from "./result.ts";
import type { LossResult, LossSample } from "./sample.ts";
import { everyClaim, type LossTerm } from "./term.ts";
import { type BatchTotals, coverageWeight, measureTotals } from "./totals.ts";

/**
 * C = (1/N) Σ_C [cap − Σ_{t∈H(C)} (m^k'_t − m^k_t)]+: a visual claim must be likelier with only the
 * audio hidden than with only the video hidden (docs/method.md#attribution). The full pass cancels,
 * so brittleness to any masking earns nothing. `gated` raises m^k' only by the claim's match s_C.
 * Needs both masked passes of a sample; samples with fewer are skipped.
 */
export function attribution(
  batch: readonly LossSample[],
  options: Omit<AttributionOptions, "weight">,
  totals: BatchTotals = measureTotals(batch),
): LossResult {
  const result = zeroResult(batch);
  let active = 0;
  let hinges = 0;
  batch.forEach((sample, index) => {
    for (const claim of groundableClaims(sample)) {
      const own = sample[ownPass(claim.modality)];
      const other = sample[otherPass(claim.modality)];
      if (!own || !other) continue;
      hinges++;
      const margin = options.cap - (sumOver(claim.heads, other) - sumOver(claim.heads, own));
      if (margin <= 0) continue;
      active++;
      const share = coverageWeight(totals, claim.modality, "both") / totals.tokens;
      const pull = options.routing === "gated" ? claim.match : 1;
      result.loss += share * margin;
      for (const token of claim.heads) {
        addGradient(result, ownPass(claim.modality), index, token, share);
        addGradient(result, otherPass(claim.modality), index, token, -share * pull);
      }
    }
  });
  if (hinges > 0) result.metrics = { "attribution/active": active / hinges };
  return result;
}

export const attributionTerm: LossTerm = {
  name: "attribution",
  weight: ({ attribution }) => attribution.weight,
  option: "attribution.weight",
  suppressive: true,
  needs: "both",
  blindOnly: false,
  reads: () => "heads",
  selector: everyClaim,
  learnsMasked: () => true,
  usesMatch: (options) => options.attribution.routing === "gated",
  metrics: ["attribution/active"],
  compute: (batch, options, totals) => attribution(batch, options.attribution, totals),
  doc: {
    title: "Attribution C: hiding the own stream must cost more than hiding the other",
    formula: String.raw`\frac1N\sum_C \kappa^{both}[c - \sum_{t\in H(C)}(m^{k'}_t - m^k_t)]_+`,
    anchor: "attribution",
    source: "ours",
  },
};
