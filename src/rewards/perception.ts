import { type CueModality, cueModalities } from "../cues/cue.ts";
import { assignClaims, type Match } from "./assignment.ts";
import type { PerceptionOptions } from "./options.ts";

/** How one modality's cues were recovered. */
export interface ModalityScore {
  /** |cues_k|. */
  cues: number;
  /**
   * n_k: all claims of the modality, repeated ones too; a claim that names s states counts as s.
   */
  claims: number;
  matches: readonly Match[];
  /** Rec_k: sum of matched f over |cues_k|; 0 without cues. */
  recall: number;
  /** Sum of matched f over n_k; 0 without claims. */
  precision: number;
  /** guard_k: 1 within the claim budget, falling as budget/n_k beyond it. */
  guard: number;
  /** R_k: recall · guard, or F-beta, by `options.mode`. */
  score: number;
}

/**
 * R_k of one modality (docs/method.md#reward). `f[cue][claim]` is the soft-thresholded similarity
 * to the claims that may be matched; `claims` is n_k, which also counts repeated claims, and one of
 * s states as s.
 */
export function scoreModality(
  f: readonly ArrayLike<number>[],
  claims: number,
  options: PerceptionOptions,
): ModalityScore {
  const cues = f.length;
  const matches = assignClaims(f, options.capacity);
  const matched = matches.reduce((sum, { weight }) => sum + weight, 0);
  const recall = cues === 0 ? 0 : matched / cues;
  const precision = claims === 0 ? 0 : Math.min(1, matched / claims);
  const { perCue, extra } = options.budget;
  const guard = claims === 0 ? 1 : Math.min(1, (perCue * cues + extra) / claims);
  const score = options.mode === "f1" ? fBeta(recall, precision, options.beta) : recall * guard;
  return { cues, claims, matches, recall, precision, guard, score };
}

function fBeta(recall: number, precision: number, beta: number): number {
  const weighted = beta ** 2 * precision + recall;
  return weighted === 0 ? 0 : ((1 + beta ** 2) * precision * recall) / weighted;
}

/** R_OPR and its two parts. */
export interface PerceptionScore {
  /** R_OPR in [0, 1]. */
  value: number;
  /** Weighted mean of R_k over modalities with cues; 0 if none has any. */
  mean: number;
  /** min(R_v, R_a); `null` unless both have cues: then the mean counts whole. */
  balance: number | null;
}

/**
 * R_OPR = (1 − eta)·mean + eta·min(R_v, R_a) (docs/method.md#reward). A modality without cues is
 * left out of the mean: its reference says nothing of it. Without any cue the value is 0 for every
 * response alike.
 */
export function perceptionReward(
  scores: Readonly<Record<CueModality, ModalityScore>>,
  options: PerceptionOptions,
): PerceptionScore {
  let total = 0;
  let weights = 0;
  for (const modality of cueModalities) {
    if (scores[modality].cues === 0) continue;
    weights += options.modalityWeights[modality];
    total += options.modalityWeights[modality] * scores[modality].score;
  }
  const mean = weights === 0 ? 0 : total / weights;
  const { visual, acoustic } = scores;
  if (visual.cues === 0 || acoustic.cues === 0) return { value: mean, mean, balance: null };
  const balance = Math.min(visual.score, acoustic.score);
  return { value: (1 - options.balance) * mean + options.balance * balance, mean, balance };
}
