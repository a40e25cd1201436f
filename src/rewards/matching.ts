import type { Claim, CueModality } from "../cues/cue.ts";
import type { PerceptionOptions } from "./options.ts";
import { type ModalityScore, scoreModality } from "./perception.ts";
import type { Phrase, ReadItem } from "./phrases.ts";
import type { ScoredClaim, ScoredCue } from "./scored.ts";
import type { Similarity } from "./similarity.ts";

/** Cues and claims of one modality, compared and assigned. */
export interface ModalityMatching {
  /** Indices in the reference's cues and in the response's claims: rows and columns of `pairs`. */
  cueIndices: readonly number[];
  claimIndices: readonly number[];
  pairs: readonly (readonly Similarity[])[];
  score: ModalityScore;
}

/** Claims meet only cues of their own modality: "raised brows" can't be heard. */
export function matchModality(
  { claims, reference, claimPhrases, cuePhrases }: ReadItem,
  modality: CueModality,
  compare: (cue: Phrase, claim: Phrase) => Similarity,
  options: PerceptionOptions,
): ModalityMatching {
  const cueIndices = indicesOf(reference.cues, modality);
  const claimIndices = indicesOf(claims, modality);
  const pairs = cueIndices.map((cue) =>
    claimIndices.map((claim) => compare(cuePhrases[cue] as Phrase, claimPhrases[claim] as Phrase)),
  );
  const made = claimCounts(pairs, claimIndices.length).reduce((sum, count) => sum + count, 0);
  const score = scoreModality(payable(pairs, claimIndices, claims), made, options);
  return { cueIndices, claimIndices, pairs, score };
}

/**
 * What each claim counts in n_k: as many as the states it names, fewer where one cue names several
 * of them too, for then the claim is as atomic as the reference. 1 without cues: nothing is scored.
 */
function claimCounts(pairs: readonly (readonly Similarity[])[], claims: number): number[] {
  if (pairs.length === 0) return new Array<number>(claims).fill(1);
  const shares = new Array<number>(claims).fill(0);
  for (const row of pairs) {
    for (let claim = 0; claim < claims; claim++) {
      shares[claim] = Math.max(shares[claim] as number, (row[claim] as Similarity).share);
    }
  }
  return shares.map((share) => 1 / share);
}

function indicesOf(
  items: readonly { modality: CueModality | "neutral" }[],
  modality: CueModality,
): number[] {
  return [...items.keys()].filter((index) => items[index]?.modality === modality);
}

/** f of each pair; a repeated claim recovers nothing, though it counts to n_k. */
function payable(
  pairs: readonly (readonly Similarity[])[],
  claimIndices: readonly number[],
  claims: readonly Claim[],
): number[][] {
  return pairs.map((row) =>
    row.map(({ f }, column) => (claims[claimIndices[column] as number]?.repeated ? 0 : f)),
  );
}

/** Writes the most similar partner, and s_C, onto cues and claims. */
export function recordNearest(
  { cueIndices, claimIndices, pairs }: ModalityMatching,
  cues: readonly ScoredCue[],
  claims: readonly ScoredClaim[],
): void {
  for (const [row, cue] of cueIndices.entries()) {
    for (const [column, claim] of claimIndices.entries()) {
      const pair = pairs[row]?.[column] as Similarity;
      const ofCue = cues[cue] as ScoredCue;
      const ofClaim = claims[claim] as ScoredClaim;
      if (nearer(pair, ofCue.nearest)) ofCue.nearest = { claim, ...pair };
      if (nearer(pair, ofClaim.nearest)) ofClaim.nearest = { cue, ...pair };
      ofClaim.match = Math.max(ofClaim.match, pair.f);
    }
  }
}

/** A pair that counts beats one that doesn't, whatever the cosine of a contradiction. */
function nearer(pair: Similarity, best: Similarity | null): boolean {
  if (best === null || pair.f !== best.f) return best === null || pair.f > best.f;
  return pair.cosine > best.cosine;
}

/** Writes the assignment onto cues and claims. */
export function recordMatches(
  { cueIndices, claimIndices, pairs, score }: ModalityMatching,
  cues: readonly ScoredCue[],
  claims: readonly ScoredClaim[],
): void {
  for (const { cue, claim } of score.matches) {
    const cueIndex = cueIndices[cue] as number;
    const claimIndex = claimIndices[claim] as number;
    const pair = pairs[cue]?.[claim] as Similarity;
    (cues[cueIndex] as ScoredCue).recovered = { claim: claimIndex, ...pair };
    (claims[claimIndex] as ScoredClaim).recovered = cueIndex;
  }
}
