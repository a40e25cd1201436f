import { type EvidenceModality, evidenceModalities } from "../../cues/cue.ts";
import type { ScoredResponse } from "../../rewards/scored.ts";
import type { EvidenceStretch } from "./reach.ts";

/**
 * Clauses that the printed selector picks at a threshold: their best visual or acoustic cue is more
 * similar than δ. Which cue is best does not depend on δ, so responses scored once at δ 0 serve all.
 *
 * @param scored by a scorer with `clauses` and `paper.delta` 0.
 */
export function referenceEvidence(
  { paper }: Pick<ScoredResponse, "paper">,
  delta: number,
): EvidenceStretch[] {
  if (!paper) throw new TypeError("the printed selector needs the clauses of the response");
  return paper.clauses.flatMap(({ span, modality, cosine }) =>
    modality !== null && cosine > delta ? [{ ...span, modality }] : [],
  );
}

/** Head words of the claims as the reward reads them, without the reference's help. */
export function ownEvidence({ claims }: Pick<ScoredResponse, "claims">): EvidenceStretch[] {
  return claims.flatMap(({ modality, heads, repeated }) =>
    isEvidence(modality) && !repeated ? heads.map((head) => ({ ...head, modality })) : [],
  );
}

const isEvidence = (modality: string): modality is EvidenceModality =>
  (evidenceModalities as readonly string[]).includes(modality);
