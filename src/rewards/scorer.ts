import { type CueModality, cueModalities } from "../cues/cue.ts";
import type { Calibration, CueJudge, Embedder } from "../similarity/port.ts";
import { type GroupOf, groupsOf } from "./accuracy.ts";
import { combineReward } from "./combine.ts";
import { type Compare, judgedComparison } from "./judged.ts";
import { matchModality, recordMatches, recordNearest } from "./matching.ts";
import type { RewardOptions } from "./options.ts";
import { type ModalityScore, perceptionReward } from "./perception.ts";
import { embedAll, type ReadItem, readItem } from "./phrases.ts";
import type { ReadResponse, ScoredClaim, ScoredCue, ScoredResponse, ScoreItem } from "./scored.ts";
import { compareTexts } from "./similarity.ts";
import type { RewardTerm } from "./term.ts";
import { rewardTerms } from "./terms.ts";

export type { ScoredClaim, ScoredCue, ScoredResponse, ScoreItem } from "./scored.ts";

export interface Scorer {
  /** Scores in order; all texts of the call are embedded together. @throws SimilarityError. */
  score(items: readonly ScoreItem[]): Promise<ScoredResponse[]>;
}

/**
 * Reward of responses under one embedder, with thresholds measured for it. With a `judge` it
 * decides similarities and the embedder is not asked.
 */
export function createScorer(parts: {
  embedder: Embedder;
  calibration: Calibration;
  options: RewardOptions;
  judge?: CueJudge | undefined;
  /** Groups of an emotion wheel, for labels. Default: those of `options.accuracy.wheel`. */
  groupOf?: GroupOf | undefined;
  /** What the reward is made of. Default: the table of terms. */
  terms?: readonly RewardTerm[];
  /** Awaited before each item is read and scored: a server can answer others meanwhile. */
  pause?: () => Promise<void>;
}): Scorer {
  const { embedder, calibration, options, judge, pause = () => Promise.resolve() } = parts;
  const { groupOf = groupsOf(options.accuracy), terms = rewardTerms } = parts;
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
        return each(read, (item, i) =>
          rewarded(matched(item, compare[i]!, options, groupOf), options, terms),
        );
      }
      const compare = comparison(await embedAll(read, embedder), calibration);
      return each(read, (item) =>
        rewarded(matched(item, compare, options, groupOf), options, terms),
      );
    },
  };
}

/** Claims and cues of a response, compared and assigned. */
function matched(
  read: ReadItem,
  compare: Compare,
  options: RewardOptions,
  groupOf: GroupOf,
): ReadResponse {
  const claims = read.claims.map(
    (claim): ScoredClaim => ({ ...claim, match: 0, nearest: null, recovered: null }),
  );
  const cues = read.reference.cues.map((): ScoredCue => ({ recovered: null, nearest: null }));
  const scores = cueModalities.map((modality) => {
    const matching = matchModality(read, modality, compare, options.perception);
    recordNearest(matching, cues, claims);
    recordMatches(matching, cues, claims);
    return [modality, matching.score] as const;
  });
  const modalities = Object.fromEntries(scores) as Record<CueModality, ModalityScore>;
  const perceptionParts = perceptionReward(modalities, options.perception);
  return { item: read, parsed: read.parsed, claims, cues, modalities, perceptionParts, groupOf };
}

function rewarded(
  response: ReadResponse,
  options: RewardOptions,
  table: readonly RewardTerm[],
): ScoredResponse {
  const { item: _, groupOf: __, ...read } = response;
  const scores = table.map((term) => [term.name, term.score(response, options)] as const);
  const terms = Object.fromEntries(
    scores.filter((entry): entry is [string, number] => entry[1] !== null),
  );
  const leftOut = scores.flatMap(([name, score]) => (score === null ? [name] : []));
  return { ...read, terms, leftOut, reward: combineReward(terms, options, table) };
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
