import { RewardError } from "../core/errors.ts";
import { type CueModality, cueModalities } from "../cues/cue.ts";
import type { Calibration, CueJudge, Embedder } from "../similarity/port.ts";
import { type GroupOf, groupsOf } from "./accuracy.ts";
import { combineReward } from "./combine.ts";
import { type Compare, judgedComparison } from "./judged.ts";
import { matchModality, recordMatches, recordNearest } from "./matching.ts";
import type { RewardOptions } from "./options.ts";
import { type WheelOf, wheelsOf } from "./paper.ts";
import { paperTexts, readAsPaper } from "./paper-reading.ts";
import type { PaperReading } from "./paper-score.ts";
import { type ModalityScore, perceptionReward } from "./perception.ts";
import { embedAll, type ReadItem, readItem } from "./phrases.ts";
import type { ReadResponse, ScoredClaim, ScoredCue, ScoredResponse, ScoreItem } from "./scored.ts";
import { compareTexts } from "./similarity.ts";
import type { RewardTerm } from "./term.ts";
import { termsOf } from "./terms.ts";

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
  /**
   * Groups on each emotion wheel, for `form: paper`. Default: what `options.accuracy` spells out.
   */
  wheels?: readonly WheelOf[] | undefined;
  /**
   * Whether responses are cut into clauses that are held against every cue
   * (`ScoredResponse.paper`), as the printed reward and the evidence selector `reference` need.
   * Default: with `form: paper`.
   */
  clauses?: boolean;
  /** What the reward is made of. Default: the terms of `options.form`. */
  terms?: readonly RewardTerm[];
  /** Awaited before each item is read and scored: a server can answer others meanwhile. */
  pause?: () => Promise<void>;
}): Scorer {
  const { embedder, calibration, options, judge, pause = () => Promise.resolve() } = parts;
  const { groupOf = groupsOf(options.accuracy), terms = termsOf(options) } = parts;
  const { clauses = options.form === "paper" } = parts;
  const wheels = parts.wheels ?? (options.form === "paper" ? wheelsOf(options.accuracy) : []);
  if (judge && clauses) throw judgeAndClauses();
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
      const others = clauses ? read.flatMap(paperTexts) : [];
      const vectors = await embedAll(read, embedder, others);
      const compare = comparison(vectors, calibration);
      const paperOf = (item: ReadItem) =>
        clauses ? readAsPaper(item, vectors, options.paper.delta, wheels) : undefined;
      return each(read, (item) =>
        rewarded(matched(item, compare, options, groupOf, paperOf(item)), options, terms),
      );
    },
  };
}

function judgeAndClauses(): RewardError {
  return new RewardError("PAPER_JUDGE", "a judge was given, and clauses to compare by cosine", {
    path: "reward.form",
    hint: "the printed reward and its evidence know cosines only: leave the judge out, or use form oppo",
  });
}

/** Claims and cues of a response, compared and assigned. */
function matched(
  read: ReadItem,
  compare: Compare,
  options: RewardOptions,
  groupOf: GroupOf,
  paper?: PaperReading,
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
  const { parsed } = read;
  const response = { item: read, parsed, claims, cues, modalities, perceptionParts, groupOf };
  return paper ? { ...response, paper } : response;
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
