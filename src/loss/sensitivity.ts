import type { ClaimTokens } from "../cues/cue.ts";
import { groundableClaims, ownPass, sumOver } from "./evidence.ts";
import type { SensitivityOptions } from "./options.ts";
import { addGradient, zeroResult } from "./result.ts";
import type { LossResult, LossSample } from "./sample.ts";
import { everyClaim, type LossTerm } from "./term.ts";
import { type BatchTotals, coverageWeight, measureTotals } from "./totals.ts";

/**
 * S = (1/N) Σ_C [cap − D_C]+ with D_C = Σ_{t∈H(C)} (l_t − m^k_t), k = mod(C): a claim must lose at
 * least
 * `cap` nats when its own stream is hidden (docs/method.md#sensitivity).
 *
 * The stop-gradient decides what that teaches. `full` raises l, so it also makes an ungrounded
 * claim likelier; `mask` lowers m; `both` does both; `gated` lowers m for every claim and raises l
 * only by its match s_C. `level: token` gives every head token its own hinge.
 */
export function sensitivity(
  batch: readonly LossSample[],
  options: Omit<SensitivityOptions, "weight">,
  totals: BatchTotals = measureTotals(batch),
): LossResult {
  const result = zeroResult(batch);
  let active = 0;
  let hinges = 0;
  batch.forEach((sample, index) => {
    for (const claim of groundableClaims(sample)) {
      const pass = ownPass(claim.modality);
      const masked = sample[pass];
      if (!masked) continue;
      const share = coverageWeight(totals, claim.modality, "own") / totals.tokens;
      const pull = fullPull(options.routing, claim);
      const push = options.routing === "full" ? 0 : 1;
      for (const heads of hingesOf(claim, options.level)) {
        hinges++;
        const margin = options.cap - (sumOver(heads, sample.full) - sumOver(heads, masked));
        if (margin <= 0) continue;
        active++;
        result.loss += share * margin;
        for (const token of heads) {
          addGradient(result, "full", index, token, -share * pull);
          addGradient(result, pass, index, token, share * push);
        }
      }
    }
  });
  if (hinges > 0) result.metrics = { "sensitivity/active": active / hinges };
  return result;
}

export const sensitivityTerm: LossTerm = {
  name: "sensitivity",
  weight: ({ sensitivity }) => sensitivity.weight,
  option: "sensitivity.weight",
  suppressive: true,
  needs: "one",
  blindOnly: false,
  reads: () => "heads",
  selector: everyClaim,
  learnsMasked: (options) => options.sensitivity.routing !== "full",
  usesMatch: (options) => options.sensitivity.routing === "gated",
  metrics: ["sensitivity/active"],
  compute: (batch, options, totals) => sensitivity(batch, options.sensitivity, totals),
  doc: {
    title: "Sensitivity S: a claim must lose when its own stream is hidden",
    formula: String.raw`\frac1N \sum_C \kappa^{own}_k\,[c_S - D_C]_+`,
    anchor: "sensitivity",
    source: "ours, after the paper's penalty on evidence tokens",
  },
};

function hingesOf(claim: ClaimTokens, level: "claim" | "token"): readonly (readonly number[])[] {
  return level === "claim" ? [claim.heads] : claim.heads.map((token) => [token]);
}

/** −dD_C/dl's weight: how much of the hinge reaches the full branch. */
function fullPull(routing: SensitivityOptions["routing"], claim: ClaimTokens): number {
  if (routing === "mask") return 0;
  return routing === "gated" ? claim.match : 1;
}
