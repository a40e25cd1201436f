import { RewardError } from "../core/errors.ts";
import type { Calibration, CueJudge, Embedder } from "../similarity/port.ts";
import { type GroupOf, groupsOf } from "./accuracy.ts";
import { combineReward } from "./combine.ts";
import { assign, type Compared, type Comparison, compareItem } from "./compare-item.ts";
import { judgedComparison } from "./judged.ts";
import type { RewardOptions } from "./options.ts";
import { paperAccuracy, type WheelOf, wheelsOf } from "./paper.ts";
import { paperTexts } from "./paper-reading.ts";
import { perceptionReward } from "./perception.ts";
import { embedAll, type ReadItem, readItem } from "./phrases.ts";
import type { ReadResponse, ScoredResponse, ScoreItem } from "./scored.ts";
import type { RewardTerm } from "./term.ts";
import { termsOf } from "./terms.ts";

export type { ScoredClaim, ScoredCue, ScoredResponse, ScoreItem } from "./scored.ts";

/** Reads responses and compares them: here, or on another thread. */
export interface Hands {
  read(item: ScoreItem): ReadItem | Promise<ReadItem>;
  compare(comparison: Comparison): Compared | Promise<Compared>;
}

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
  /** Who reads and compares: a server hands long texts to threads. Default: this thread. */
  hands?: Hands;
}): Scorer {
  const { embedder, calibration, options, judge, pause = () => Promise.resolve() } = parts;
  const { groupOf = groupsOf(options.accuracy), terms = termsOf(options) } = parts;
  const { clauses = options.form === "paper", hands = { read: readItem, compare: compareItem } } =
    parts;
  const wheels = parts.wheels ?? (options.form === "paper" ? wheelsOf(options.accuracy) : []);
  if (judge && clauses) throw judgeAndClauses();
  /** `work` on each, begun in order, with a pause before. */
  async function each<T, R>(
    values: readonly T[],
    work: (value: T, i: number) => R | Promise<R>,
  ): Promise<R[]> {
    const done: (R | Promise<R>)[] = [];
    for (const [i, value] of values.entries()) {
      await pause();
      const result = work(value, i);
      // it may fail before the last one has begun, and is awaited only then
      if (result instanceof Promise) result.catch(() => {});
      done.push(result);
    }
    return Promise.all(done);
  }
  const reward = (item: ReadItem, { paper, ...compared }: Compared): ScoredResponse => {
    const perceptionParts = perceptionReward(compared.modalities, options.perception);
    const response = { item, parsed: item.parsed, ...compared, perceptionParts, groupOf };
    if (!paper) return rewarded(response, options, terms);
    const accuracy = paperAccuracy(item.parsed.answer?.text ?? "", item.labels, wheels);
    const { omni, clauses } = paper;
    return rewarded({ ...response, paper: { omni, accuracy, clauses } }, options, terms);
  };
  return {
    async score(items) {
      const read = await each(items, (item) => hands.read(item));
      if (judge) {
        const compare = await Promise.all(read.map((item) => judgedComparison(item, judge)));
        return each(read, (item, i) => reward(item, assign(item, compare[i]!, options.perception)));
      }
      const others = clauses ? read.flatMap(paperTexts) : [];
      const vectors = await embedAll(read, embedder, others);
      const delta = clauses ? options.paper.delta : null;
      const { perception } = options;
      return each(read, (item) => {
        const compared = hands.compare({ item, vectors, calibration, perception, delta });
        return compared instanceof Promise
          ? compared.then((made) => reward(item, made))
          : reward(item, compared);
      });
    },
  };
}

function judgeAndClauses(): RewardError {
  return new RewardError("PAPER_JUDGE", "a judge was given, and clauses to compare by cosine", {
    path: "reward.form",
    hint: "the printed reward and its evidence know cosines only: leave the judge out, or use form oppo",
  });
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
