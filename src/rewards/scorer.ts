import { type CueModality, cueModalities } from "../cues/cue.ts";
import type { Calibration, CueJudge, Embedder } from "../similarity/port.ts";
import { accuracyReward } from "./accuracy.ts";
import { combineReward, type RewardTerms } from "./combine.ts";
import { formatReward } from "./format.ts";
import { type Compare, judgedComparison } from "./judged.ts";
import { matchModality, recordMatches, recordNearest } from "./matching.ts";
import type { RewardOptions } from "./options.ts";
import { type ModalityScore, perceptionReward } from "./perception.ts";
import { embedAll, type ReadItem, readItem } from "./phrases.ts";
import type { ScoredClaim, ScoredCue, ScoredResponse, ScoreItem } from "./scored.ts";
import { compareTexts } from "./similarity.ts";

export type { ScoredClaim, ScoredCue, ScoredResponse, ScoreItem } from "./scored.ts";

export interface Scorer {
  /** Scores in order; all texts of the call are embedded together. @throws SimilarityError. */
  score(items: readonly ScoreItem[]): Promise<ScoredResponse[]>;
}

/**
 * Reward of responses under one embedder, with thresholds measured for it. With a `judge` it decides
 * similarities and the embedder is not asked.
 */
export function createScorer(parts: {
  embedder: Embedder;
  calibration: Calibration;
  options: RewardOptions;
  judge?: CueJudge | undefined;
  /** Awaited before each item is read and scored: a server can answer others meanwhile. */
  pause?: () => Promise<void>;
}): Scorer {
  const { embedder, calibration, options, judge, pause = () => Promise.resolve() } = parts;
  /** `work` on each, in order, with a pause before. */
  async function each<T, R>(values: readonly T[], work: (value: T, i: number) => R): Promise<R[]> {
    const done: R[] = [];
    for (const [i, value] of values.entries()) {
      await pause();
      done.push(work(value, i));
    }
    return done;
  }
  return {
    async score(items) {
      const read = await each(items, readItem);
      if (judge) {
        const compare = await Promise.all(read.map((item) => judgedComparison(item, judge)));
        return each(read, (item, i) => scoreItem(item, compare[i]!, options));
      }
      const compare = comparison(await embedAll(read, embedder), calibration);
      return each(read, (item) => scoreItem(item, compare, options));
    },
  };
}

function scoreItem(read: ReadItem, compare: Compare, options: RewardOptions): ScoredResponse {
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

function comparison(vectors: ReadonlyMap<string, Float32Array>, calibration: Calibration): Compare {
  return (cue, claim) => {
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
