/**
 * How a score is computed. `compat`: as the official code does, its failures included (NaN,
 * KeyError, extra predictions ignored). `strict`: the same numbers, but inputs that the official
 * code would score as something else, or not at all, are refused.
 */
export type ScoringMode = "strict" | "compat";

/** One sample's labels: a bracketed comma list as extractors return it, or a ready list. */
export type Labels = string | readonly string[] | null;
export type LabelMap = ReadonlyMap<string, Labels>;
/** Sentiment intensity by sample; 0 is left out of scores. */
export type ValueMap = ReadonlyMap<string, number>;
/** `positive`, `negative` or `neutral` by sample. */
export type SentimentMap = ReadonlyMap<string, string>;

export type BasicSetId = "mer2023" | "mer2024" | "meld" | "iemocapfour";
export type SentimentSetId = "cmumosi" | "cmumosei" | "sims" | "simsv2";
export type OpenSetId = "ovmerdplus";
export type MerSetId = BasicSetId | SentimentSetId | OpenSetId;

/** Predictions of one checkpoint. Ordered by name, digits in it as numbers. */
export interface CheckpointRun<Predictions> {
  checkpoint: string;
  predictions: Predictions;
}

/** Truth and predictions of one test set. */
export type SetRuns =
  | { set: BasicSetId | OpenSetId; truth: LabelMap; runs: readonly CheckpointRun<LabelMap>[] }
  | { set: SentimentSetId; truth: ValueMap; runs: readonly CheckpointRun<SentimentMap>[] };

/** Fractions, not percent. */
export interface HitRateScore {
  metric: "hit-rate";
  /** Mean over wheels of the hit rate on level 1. */
  main: number;
  /**
   * Share of predicted clusters, among those the data set knows, that are right; mean over wheels.
   */
  mScore: number;
  /** The hit rate does not punish long lists: read it with this. */
  meanListLength: number;
  perWheel: readonly { wheel: string; hitRate: number; mScore: number; scored: number }[];
}

export interface OpenScore {
  metric: "ew-f";
  /** F on level 1, the mean over wheels of F of the means. */
  main: number;
  level1: EwScore;
  level2: EwScore;
  /** Plain mean of level 1 and level 2, value by value. */
  mean: EwScore;
  meanListLength: number;
}

/** Each the plain mean over wheels, so `f` is not 2PR/(P+R) of the other two. */
export interface EwScore {
  f: number;
  precision: number;
  recall: number;
}

export interface SentimentScore {
  metric: "waf";
  /** Support-weighted mean of the F1 of negative and positive, sklearn ≥ 1.3's formula. */
  main: number;
  /** The same by the formula of sklearn < 1.3; at most 2.3e-16 apart. */
  wafBefore13: number;
  accuracy: number;
  scored: number;
  /** Texts that are none of the three words; they count as neutral, hence as negative. */
  unreadable: number;
}

export type SetScore = HitRateScore | OpenScore | SentimentScore;
