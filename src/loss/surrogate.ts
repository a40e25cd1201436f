import { LossError } from "../core/errors.ts";
import { clamp, importanceRatio } from "./estimators.ts";
import type { SurrogateOptions } from "./options.ts";
import { addGradient, zeroResult } from "./result.ts";
import type { LossResult, LossSample } from "./sample.ts";
import { fullPassOnly, type LossTerm } from "./term.ts";
import { type BatchTotals, measureTotals } from "./totals.ts";

type ClipSide = "none" | "high" | "low" | "dual";
interface Clipped {
  value: number;
  /** d value / d ratio. */
  slope: number;
  side: ClipSide;
}

/**
 * Policy-gradient surrogate L_PG (docs/method.md#policy-gradient):
 *
 * - `grpo` clipped ratio, mean per sequence, then over sequences (2402.03300);
 * - `dapo` the same, mean over all N tokens of the batch (2503.14476);
 * - `dr_grpo` the same, divided by sequences · maxTokens (2503.20783);
 * - `gspo` one length-normalised ratio per sequence (2507.18071);
 * - `cispo` −sg(min(ρ, cap))·A·l over N: no token ever loses its gradient (2506.13585);
 * - `sapo` −(4/τ)·σ(τ(ρ − 1))·A, mean per sequence, then over sequences: a gate in the place of the
 *   clip, τ by the sign of A (2511.20347). At ρ = 1 its slope is GRPO's.
 *
 * Gradient only on the full pass.
 */
export function surrogate(
  batch: readonly LossSample[],
  options: SurrogateOptions,
  totals: BatchTotals = measureTotals(batch),
): LossResult {
  const result = zeroResult(batch);
  const counts: Record<ClipSide, number> = { none: 0, high: 0, low: 0, dual: 0 };
  batch.forEach((sample, index) => {
    if (options.kind === "gspo") sequenceRatio(result, sample, index, options, totals, counts);
    else tokenRatios(result, sample, index, options, totals, counts);
  });
  const seen = counts.none + counts.high + counts.low + counts.dual;
  result.metrics = {
    "clip/high": counts.high / seen,
    "clip/low": counts.low / seen,
    "clip/dual": counts.dual / seen,
  };
  return result;
}

/** Always on, weight 1. */
export const surrogateTerm: LossTerm = {
  ...fullPassOnly,
  name: "policy",
  weight: () => 1,
  option: null,
  metrics: ["clip/high", "clip/low", "clip/dual"],
  compute: (batch, options, totals) => surrogate(batch, options.surrogate, totals),
  doc: {
    title: "Policy gradient",
    formula: String.raw`\frac1N\sum_t f(\rho_t, A)`,
    anchor: "policy-gradient",
    source:
      "DAPO 2503.14476; GRPO 2402.03300, Dr.GRPO 2503.20783, GSPO 2507.18071, CISPO 2506.13585, SAPO 2511.20347",
  },
};

function tokenRatios(
  result: LossResult,
  sample: LossSample,
  index: number,
  options: SurrogateOptions,
  totals: BatchTotals,
  counts: Record<ClipSide, number>,
): void {
  const share = tokenShare(options, sample.full.length, totals);
  for (let t = 0; t < sample.full.length; t++) {
    const current = sample.full[t] as number;
    const { ratio, live } = importanceRatio(current, sample.sampled[t] as number);
    if (options.kind === "cispo") {
      const weight = Math.min(ratio, options.ratioCap) * sample.advantage;
      result.loss -= share * weight * current;
      addGradient(result, "full", index, t, -share * weight);
      counts[ratio > options.ratioCap ? "high" : "none"]++;
      continue;
    }
    const clipped =
      options.kind === "sapo"
        ? gatedObjective(ratio, sample.advantage, options)
        : clippedObjective(ratio, sample.advantage, options);
    result.loss += share * clipped.value;
    if (live) addGradient(result, "full", index, t, share * clipped.slope * ratio);
    counts[clipped.side]++;
  }
}

function sequenceRatio(
  result: LossResult,
  sample: LossSample,
  index: number,
  options: SurrogateOptions,
  totals: BatchTotals,
  counts: Record<ClipSide, number>,
): void {
  const length = sample.full.length;
  let log = 0;
  for (let t = 0; t < length; t++) {
    log += ((sample.full[t] as number) - (sample.sampled[t] as number)) / length;
  }
  const { ratio, live } = importanceRatio(log, 0);
  const clipped = clippedObjective(ratio, sample.advantage, options);
  result.loss += clipped.value / totals.samples;
  counts[clipped.side]++;
  const each = (clipped.slope * ratio) / (length * totals.samples);
  if (live) for (let t = 0; t < length; t++) addGradient(result, "full", index, t, each);
}

/** max(−ρA, −clip(ρ)A), for A < 0 at most −dualClip·A (EasyR1). */
function clippedObjective(ratio: number, advantage: number, options: SurrogateOptions): Clipped {
  const { clipLow, clipHigh, dualClip } = options;
  if (advantage < 0 && dualClip > 0 && ratio > dualClip) {
    return { value: -dualClip * advantage, slope: 0, side: "dual" };
  }
  const bounded = clamp(ratio, 1 - clipLow, 1 + clipHigh);
  const cut = advantage >= 0 ? ratio > bounded : ratio < bounded;
  if (cut) return { value: -bounded * advantage, slope: 0, side: advantage >= 0 ? "high" : "low" };
  return { value: -ratio * advantage, slope: -advantage, side: "none" };
}

/**
 * −(4/τ)·σ(τ(ρ − 1))·A: at ρ = 1 the slope is −A, and fades on either side. The dual clip is a
 * matter of ratios that are cut, so it has no part in this.
 */
function gatedObjective(ratio: number, advantage: number, options: SurrogateOptions): Clipped {
  const tau = advantage > 0 ? options.tauPositive : options.tauNegative;
  const gate = 1 / (1 + Math.exp(-tau * (ratio - 1)));
  return {
    value: (-4 / tau) * gate * advantage,
    slope: -4 * gate * (1 - gate) * advantage,
    side: "none",
  };
}

function tokenShare(options: SurrogateOptions, length: number, totals: BatchTotals): number {
  switch (options.kind) {
    case "grpo":
    case "sapo":
      return 1 / (length * totals.samples);
    case "dr_grpo":
      return 1 / (options.maxTokens * totals.samples);
    case "dapo":
    case "cispo":
      return 1 / totals.tokens;
    case "gspo":
      throw new LossError("GSPO_TOKEN_SHARE", "GSPO has no per-token share");
  }
}
