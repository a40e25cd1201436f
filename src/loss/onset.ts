import { ownPass } from "./evidence.ts";
import type { OnsetOptions } from "./options.ts";
import { addGradient, zeroResult } from "./result.ts";
import type { LossResult, LossSample } from "./sample.ts";
import { everyClaim, type LossTerm } from "./term.ts";
import { type BatchTotals, coverageWeight, measureTotals } from "./totals.ts";

/**
 * O = (1/N) Σ_k [cap − (sg(l_on) − m^k_on)]+ on the token at which the first claim of modality k
 * begins, with k hidden completely (docs/method.md#onset). S only moves what is claimed; O is the
 * one term on the event of claiming: blind, the claim should not be opened. Passes listed in
 * `partial` are skipped; list swapped ones there too, or O teaches silence about whatever is shown
 * (toy.test.ts). Gradient only on the masked pass.
 */
export function onset(
  batch: readonly LossSample[],
  options: Omit<OnsetOptions, "weight">,
  totals: BatchTotals = measureTotals(batch),
): LossResult {
  const result = zeroResult(batch);
  let active = 0;
  let hinges = 0;
  batch.forEach((sample, index) => {
    for (const claim of sample.claims) {
      const pass = ownPass(claim.modality);
      const masked = sample[pass];
      if (claim.onset === undefined || !masked || sample.partial?.includes(pass)) continue;
      hinges++;
      const drop = (sample.full[claim.onset] as number) - (masked[claim.onset] as number);
      if (drop >= options.cap) continue;
      active++;
      const share = coverageWeight(totals, claim.modality, "complete") / totals.tokens;
      result.loss += share * (options.cap - drop);
      addGradient(result, pass, index, claim.onset, share);
    }
  });
  if (hinges > 0) result.metrics = { "onset/active": active / hinges };
  return result;
}

export const onsetTerm: LossTerm = {
  name: "onset",
  weight: ({ onset }) => onset.weight,
  option: "onset.weight",
  suppressive: true,
  needs: "one",
  blindOnly: true,
  reads: () => "onset",
  selector: everyClaim,
  learnsMasked: () => true,
  usesMatch: () => false,
  metrics: ["onset/active"],
  compute: (batch, options, totals) => onset(batch, options.onset, totals),
  doc: {
    title: "Onset O: blind, a claim should not be opened",
    formula: String.raw`\frac1N\sum_k \kappa\,[c_O - (\mathrm{sg}(l_{on}) - m^k_{on})]_+`,
    anchor: "onset",
    source: "ours; acts only where a stream is hidden completely",
  },
};
