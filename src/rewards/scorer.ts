import { type CueModality, cueModalities } from "../cues/cue.ts";
import type { Calibration, Embedder } from "../judges/port.ts";
import { accuracyReward } from "./accuracy.ts";
import { combineReward, type RewardTerms } from "./combine.ts";
import { formatReward } from "./format.ts";
import { matchModality, recordMatches, recordNearest } from "./matching.ts";
import type { RewardOptions } from "./options.ts";
import { type ModalityScore, perceptionReward } from "./perception.ts";
import { embedAll, type Phrase, type ReadItem, readItem } from "./phrases.ts";
import type { ScoredClaim, ScoredCue, ScoredResponse, ScoreItem } from "./scored.ts";
import { compareTexts, type Similarity } from "./similarity.ts";

export type { ScoredClaim, ScoredCue, ScoredResponse, ScoreItem } from "./scored.ts";

export interface Scorer {
  /** Scores in order; all texts of the call are embedded together. @throws JudgeError. */
  score(items: readonly ScoreItem[]): Promise<ScoredResponse[]>;
}

/** Reward of responses under one embedder, with thresholds measured for it. */
export function createScorer(parts: {
  embedder: Embedder;
  calibration: Calibration;
  options: RewardOptions;
}): Scorer {
  return {
    async score(items) {
      const read = items.map(readItem);
      const vectors = await embedAll(read, parts.embedder);
      return read.map((item) => scoreItem(item, vectors, parts));
    },
  };
}

function scoreItem(
  read: ReadItem,
  vectors: ReadonlyMap<string, Float32Array>,
  { calibration, options }: { calibration: Calibration; options: RewardOptions },
): ScoredResponse {
  const compare = comparison(vectors, calibration);
  const scoredClaims = read.claims.map(
    (claim): ScoredClaim => ({ ...claim, match: 0, nearest: null, recovered: null }),
  );
  const scoredCues = read.reference.cues.map((): ScoredCue => ({ recovered: null, nearest: null }));
  const scores = cueModalities.map((modality) => {
    const matching = matchModality(read, modality, compare, options.perception);
    recordNearest(matching, scoredCues, scoredClaims);
    recordMatches(matching, scoredCues, scoredClaims);
    return [modality, matching.score] as const;
  });
  const modalities = Object.fromEntries(scores) as Record<CueModality, ModalityScore>;
  const { parsed } = read;
  const perceptionParts = perceptionReward(modalities, options.perception);
  const terms: RewardTerms = {
    accuracy: accuracyReward(parsed.answer?.text ?? "", read.label, options.accuracy),
    format: formatReward(parsed),
    perception: perceptionParts.value,
  };
  return {
    ...terms,
    reward: combineReward(terms, options.weights, options.formatGate),
    perceptionParts,
    modalities,
    claims: scoredClaims,
    cues: scoredCues,
    parsed,
  };
}

function comparison(vectors: ReadonlyMap<string, Float32Array>, calibration: Calibration) {
  return (cue: Phrase, claim: Phrase): Similarity => {
    const cueVector = vectors.get(cue.embedded);
    const claimVector = vectors.get(claim.embedded);
    // Text of nothing but punctuation has no vector and resembles nothing.
    if (!cueVector || !claimVector) return { cosine: 0, contradicts: false, share: 1, f: 0 };
    return compareTexts(
      { text: cue.text, vector: cueVector },
      { text: claim.text, vector: claimVector },
      calibration,
    );
  };
}
