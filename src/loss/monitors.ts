import { groundableClaims, ownPass, sumOver } from "./evidence.ts";
import { type LossResult, type LossSample, maskedPasses } from "./sample.ts";

/** A claim counts as matched from here on; only monitors use a threshold, losses use s_C itself. */
const matchedFrom = 0.5;

/**
 * Monitors that log-probs alone can tell; format rate is the trainer's (docs/method.md#metrics).
 * A mean over nothing is left out rather than reported as 0 or NaN.
 *
 * - `claims/visual|acoustic|matched|unmatched` per response;
 * - `drop/matched|unmatched`: mean D_C, nats; `drop/own`, `drop/other` per evidence token;
 * - `neutral/full|video|audio`: mean log-prob of tokens outside every claim. Watch it drift: more
 *   than .1 nat from a run without auxiliary terms means the loss spills over;
 * - `nll/full|video|audio`: mean −logp, the sampled estimate of each pass's entropy or
 *   cross-entropy; of a masked pass over the tokens that were read, and `neutral` only where tokens
 *   outside claims were;
 * - `gradient/masked_ratio`: norm of the masked passes' gradient over the full pass's;
 * - `response/tokens`, `passes/video|audio`: mean length, share of samples that carry the pass.
 */
export function monitor(
  batch: readonly LossSample[],
  gradient: LossResult["gradient"],
): Record<string, number> {
  return {
    ...claimMonitors(batch),
    ...dropMonitors(batch),
    ...passMonitors(batch),
    ...gradientMonitors(gradient),
  };
}

function claimMonitors(batch: readonly LossSample[]): Record<string, number> {
  const per = (count: number) => count / batch.length;
  const claims = batch.flatMap((sample) => sample.claims);
  const matched = claims.filter((claim) => claim.match >= matchedFrom).length;
  return {
    "claims/visual": per(claims.filter((claim) => claim.modality === "visual").length),
    "claims/acoustic": per(claims.filter((claim) => claim.modality === "acoustic").length),
    "claims/matched": per(matched),
    "claims/unmatched": per(claims.length - matched),
  };
}

function dropMonitors(batch: readonly LossSample[]): Record<string, number> {
  const drops = new Averages();
  for (const sample of batch) {
    for (const claim of groundableClaims(sample)) {
      const size = claim.heads.length;
      const full = sumOver(claim.heads, sample.full);
      for (const pass of maskedPasses) {
        const masked = sample[pass];
        if (!masked) continue;
        const drop = full - sumOver(claim.heads, masked);
        const own = pass === ownPass(claim.modality);
        drops.add(own ? "drop/own" : "drop/other", drop, size);
        if (own) drops.add(claim.match >= matchedFrom ? "drop/matched" : "drop/unmatched", drop, 1);
      }
    }
  }
  return drops.means();
}

function passMonitors(batch: readonly LossSample[]): Record<string, number> {
  const averages = new Averages();
  for (const sample of batch) {
    averages.add("response/tokens", sample.full.length, 1);
    const claimed = new Set(sample.claims.flatMap(({ heads, onset }) => [...heads, onset]));
    for (const pass of maskedPasses) averages.add(`passes/${pass}`, sample[pass] ? 1 : 0, 1);
    for (const pass of ["full", ...maskedPasses] as const) {
      const logprobs = sample[pass] ?? [];
      for (let t = 0; t < logprobs.length; t++) {
        const value = logprobs[t] as number;
        // a masked pass may have been read at evidence alone
        if (Number.isNaN(value)) continue;
        averages.add(`nll/${pass}`, -value, 1);
        if (!claimed.has(t)) averages.add(`neutral/${pass}`, value, 1);
      }
    }
  }
  return averages.means();
}

function gradientMonitors(gradient: LossResult["gradient"]): Record<string, number> {
  const square = (rows: readonly (Float64Array | undefined)[]) =>
    rows.reduce((total, row) => total + (row?.reduce((sum, g) => sum + g * g, 0) ?? 0), 0);
  const full = Math.sqrt(square(gradient.full));
  const masked = Math.sqrt(square(gradient.video) + square(gradient.audio));
  return full === 0 ? {} : { "gradient/masked_ratio": masked / full };
}

/** Named running means, each weighted. */
class Averages {
  private readonly sums = new Map<string, { total: number; weight: number }>();

  add(name: string, total: number, weight: number): void {
    const sum = this.sums.get(name) ?? { total: 0, weight: 0 };
    sum.total += total;
    sum.weight += weight;
    this.sums.set(name, sum);
  }

  means(): Record<string, number> {
    return Object.fromEntries([...this.sums].map(([name, s]) => [name, s.total / s.weight]));
  }
}
