import type { ClaimTokens, EvidenceModality } from "../cues/cue.ts";
import { otherModality, streamOf } from "../cues/streams.ts";
import type { LossSample, MaskedPass } from "./sample.ts";

/** The pass that hides what a claim of this modality is about: k = mod(C). */
export function ownPass(modality: EvidenceModality): MaskedPass {
  return streamOf[modality];
}

/** The pass that hides the other stream: k'. */
export function otherPass(modality: EvidenceModality): MaskedPass {
  return streamOf[otherModality[modality]];
}

/**
 * Token indices of M^k: the union of head tokens of the sample's claims of one modality, ascending.
 */
export function evidenceTokens(
  sample: Pick<LossSample, "claims">,
  modality: EvidenceModality,
): number[] {
  const tokens = new Set<number>();
  for (const claim of sample.claims) {
    if (claim.modality === modality) for (const token of claim.heads) tokens.add(token);
  }
  return [...tokens].sort((a, b) => a - b);
}

/**
 * Claims that own evidence tokens. One without heads has nothing to push, only a constant to
 * report.
 */
export function groundableClaims(sample: LossSample): ClaimTokens[] {
  return sample.claims.filter((claim) => claim.heads.length > 0);
}

/** Sum of `values` over a claim's head tokens, nats. */
export function sumOver(tokens: readonly number[], values: ArrayLike<number>): number {
  let total = 0;
  for (const token of tokens) total += values[token] as number;
  return total;
}
