import { type EvidenceModality, evidenceModalities } from "../cues/cue.ts";
import { evidenceTokens, otherPass, ownPass } from "./evidence.ts";
import { type LossSample, type MaskedPass, maskedPasses } from "./sample.ts";

/** Every pass with something hidden. */
const hiding = [...maskedPasses, "both"] as const;

/** How many samples with claims of one modality carry which masked pass. */
export interface ClaimantCounts {
  /** Samples with at least one claim of the modality. */
  all: number;
  /** ... of them, with the claim's own stream hidden. */
  own: number;
  /** ... with it hidden completely, as the onset term needs. */
  complete: number;
  /** ... with the other stream hidden. */
  other: number;
  both: number;
}

/**
 * What losses divide by. Measured over the global batch: with micro-batches or replicas add the
 * totals of all parts first and hand the sum to every part, or else short parts weigh too much.
 */
export interface BatchTotals {
  samples: number;
  /** N: response tokens. */
  tokens: number;
  /** Response tokens of samples that carry the pass. */
  passTokens: Record<MaskedPass | "both", number>;
  /** Evidence tokens whose own / other stream was hidden. */
  evidence: Record<EvidenceModality, { own: number; other: number }>;
  claimants: Record<EvidenceModality, ClaimantCounts>;
}

/** Totals of one batch or micro-batch. */
export function measureTotals(batch: readonly LossSample[]): BatchTotals {
  const totals = emptyTotals();
  for (const sample of batch) {
    totals.samples++;
    totals.tokens += sample.full.length;
    for (const pass of hiding) {
      if (sample[pass]) totals.passTokens[pass] += sample.full.length;
    }
    for (const modality of evidenceModalities) countEvidence(totals, sample, modality);
  }
  return totals;
}

/** Totals of the whole from totals of its parts. */
export function addTotals(parts: readonly BatchTotals[]): BatchTotals {
  const sum = emptyTotals();
  for (const part of parts) {
    sum.samples += part.samples;
    sum.tokens += part.tokens;
    for (const pass of hiding) sum.passTokens[pass] += part.passTokens[pass];
    for (const modality of evidenceModalities) {
      sum.evidence[modality].own += part.evidence[modality].own;
      sum.evidence[modality].other += part.evidence[modality].other;
      for (const key of ["all", "own", "complete", "other", "both"] as const) {
        sum.claimants[modality][key] += part.claimants[modality][key];
      }
    }
  }
  return sum;
}

/**
 * Factor that makes a sum over the samples that carry a pass an unbiased estimate of the sum over
 * all samples with such claims, when passes are dealt at random or in turn. 1 when every sample has
 * the pass, 0 when none has.
 */
export function coverageWeight(
  totals: BatchTotals,
  modality: EvidenceModality,
  pass: "own" | "complete" | "other" | "both",
): number {
  const counts = totals.claimants[modality];
  return counts[pass] === 0 ? 0 : counts.all / counts[pass];
}

function emptyTotals(): BatchTotals {
  const claimants = () => ({ all: 0, own: 0, complete: 0, other: 0, both: 0 });
  return {
    samples: 0,
    tokens: 0,
    passTokens: { video: 0, audio: 0, both: 0 },
    evidence: { visual: { own: 0, other: 0 }, acoustic: { own: 0, other: 0 } },
    claimants: { visual: claimants(), acoustic: claimants() },
  };
}

function countEvidence(totals: BatchTotals, sample: LossSample, modality: EvidenceModality): void {
  if (!sample.claims.some((claim) => claim.modality === modality)) return;
  const own = ownPass(modality);
  const hasOwn = sample[own] !== undefined;
  const hasOther = sample[otherPass(modality)] !== undefined;
  const tokens = evidenceTokens(sample, modality).length;
  if (hasOwn) totals.evidence[modality].own += tokens;
  if (hasOther) totals.evidence[modality].other += tokens;
  const counts = totals.claimants[modality];
  counts.all++;
  if (hasOwn) counts.own++;
  if (hasOwn && !sample.partial?.includes(own)) counts.complete++;
  if (hasOther) counts.other++;
  if (hasOwn && hasOther) counts.both++;
}
