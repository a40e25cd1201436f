import { type EvidenceModality, evidenceModalities } from "../cues/cue.ts";
import { type Estimate, estimate, hardCap } from "./estimators.ts";
import { evidenceTokens, ownPass } from "./evidence.ts";
import type { PapoOptions } from "./options.ts";
import { addGradient, zeroResult } from "./result.ts";
import type { LossResult, LossSample, MaskedPass } from "./sample.ts";
import { everyClaim, type LossTerm } from "./term.ts";
import { type BatchTotals, measureTotals } from "./totals.ts";

/**
 * PAPO's implicit perception term (2507.06448, as released): −Σ_k mean_t min(K(d^k_t), cap), the
 * means over all response tokens or over evidence tokens M^k only. Maximises a divergence between
 * the passes, so keep it capped: uncapped it is what its authors call KL hacking
 * (docs/method.md#papo). Gradient on the full pass; on the masked one only with `maskedGradient`
 * (released default: off).
 */
export function perceptionBonus(
  batch: readonly LossSample[],
  options: Pick<PapoOptions, "tokens" | "estimator" | "cap" | "maskedGradient">,
  totals: BatchTotals = measureTotals(batch),
): LossResult {
  const result = zeroResult(batch);
  let capped = 0;
  let seen = 0;
  batch.forEach((sample, index) => {
    for (const modality of evidenceModalities) {
      const pass = ownPass(modality);
      const masked = sample[pass];
      if (!masked) continue;
      const share = 1 / meanDivisor(options.tokens, modality, totals);
      for (const token of tokensOf(sample, modality, options.tokens)) {
        const term = divergence(sample, masked, token, options);
        seen++;
        if (term.value >= options.cap) capped++;
        result.loss -= share * term.value;
        addGradient(result, "full", index, token, -share * term.slope);
        if (options.maskedGradient) addGradient(result, pass, index, token, share * term.slope);
      }
    }
  });
  if (seen > 0) result.metrics = { "papo/capped": capped / seen };
  return result;
}

/**
 * PAPO's entropy brake: mean over tokens of −logp of one pass. On sampled tokens its gradient is
 * that of likelihood training: minimising it raises their log-prob. For a masked pass it is a
 * constant unless
 * `live` (released default: constant).
 */
export function entropyBrake(
  batch: readonly LossSample[],
  pass: "full" | MaskedPass,
  live: boolean,
  totals: BatchTotals = measureTotals(batch),
): LossResult {
  const result = zeroResult(batch);
  const tokens = pass === "full" ? totals.tokens : totals.passTokens[pass];
  batch.forEach((sample, index) => {
    const logprobs = sample[pass];
    if (!logprobs) return;
    for (let t = 0; t < logprobs.length; t++) {
      result.loss -= (logprobs[t] as number) / tokens;
      if (live) addGradient(result, pass, index, t, -1 / tokens);
    }
  });
  return result;
}

export const papoTerm: LossTerm = {
  name: "papo",
  weight: ({ papo }) => papo.weight,
  option: "papo.weight",
  suppressive: false,
  needs: "one",
  blindOnly: false,
  reads: ({ papo }) => (papo.tokens === "all" ? "all" : "heads"),
  selector: everyClaim,
  learnsMasked: ({ papo }) => papo.maskedGradient,
  usesMatch: () => false,
  metrics: ["papo/capped"],
  compute: (batch, options, totals) => perceptionBonus(batch, options.papo, totals),
  doc: {
    title: "PAPO's perception bonus",
    formula: String.raw`-\sum_k \mathrm{mean}_t\,\min(K(d^k_t), c)`,
    anchor: "papo",
    source: "PAPO 2507.06448, as released",
  },
};

const logprob = { full: "l", video: "m^v", audio: "m^a" } as const;

/** PAPO's brakes, one a pass: a masked pass learns only with `papo.maskedGradient`. */
export const entropyTerms: readonly LossTerm[] = (["full", "video", "audio"] as const).map(
  (pass): LossTerm => ({
    name: `entropy_${pass}`,
    weight: ({ papo }) => (pass === "full" ? papo.fullEntropy : papo.maskedEntropy),
    option: pass === "full" ? "papo.fullEntropy" : "papo.maskedEntropy",
    suppressive: false,
    needs: pass === "full" ? "none" : "one",
    blindOnly: false,
    reads: () => (pass === "full" ? "none" : "all"),
    selector: everyClaim,
    learnsMasked: ({ papo }) => pass !== "full" && papo.maskedGradient,
    usesMatch: () => false,
    metrics: [],
    compute: (batch, { papo }, totals) =>
      entropyBrake(batch, pass, pass === "full" || papo.maskedGradient, totals),
    doc: {
      title: `PAPO's entropy brake, ${pass} pass`,
      formula: String.raw`\mathrm{mean}_t(-${logprob[pass]}_t)`,
      anchor: "papo",
      source: "PAPO 2507.06448, as released",
    },
  }),
);

function divergence(
  sample: LossSample,
  masked: ArrayLike<number>,
  token: number,
  options: Pick<PapoOptions, "estimator" | "cap">,
): Estimate {
  const drop = (sample.full[token] as number) - (masked[token] as number);
  return hardCap(estimate(options.estimator, drop), options.cap);
}

function tokensOf(
  sample: LossSample,
  modality: EvidenceModality,
  which: PapoOptions["tokens"],
): readonly number[] {
  return which === "evidence"
    ? evidenceTokens(sample, modality)
    : Array.from({ length: sample.full.length }, (_, token) => token);
}

function meanDivisor(
  which: PapoOptions["tokens"],
  modality: EvidenceModality,
  totals: BatchTotals,
): number {
  return which === "evidence"
    ? totals.evidence[modality].own
    : totals.passTokens[ownPass(modality)];
}
