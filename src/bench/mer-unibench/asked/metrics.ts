import { intervalOfDraws } from "../../../core/stats.ts";
import type { MetricResult } from "../../ask/result.ts";
import { overlaps } from "../ew-metric.ts";
import type { EmotionMapping } from "../mapping.ts";
import { type SynonymGroups, setLevelScore } from "../mer2024-ov.ts";
import { isSentimentSet } from "../sets.ts";
import type {
  HitRateScore,
  LabelMap,
  OpenScore,
  ScoringMode,
  SentimentMap,
  SentimentScore,
  SetRuns,
  SetScore,
  ValueMap,
} from "../types.ts";
import { labelDraws, type MetricDraws, sentimentDraws } from "./interval.ts";
import {
  hitLabels,
  listLength,
  openLabels,
  sentimentLabels,
  setLevelLabels,
  wheelMetric,
} from "./metric-ids.ts";

/** One set's score under one mapping and checkpoint, and what it was computed from. */
export interface ScoredSet {
  set: SetRuns["set"];
  truth: LabelMap | ValueMap;
  predictions: LabelMap | SentimentMap;
  mapping: EmotionMapping;
  mode: ScoringMode;
  /** Open sets with synonym groups get MER2024-OV's set-level score too. */
  synonyms?: SynonymGroups | undefined;
  score: SetScore;
}

/**
 * Every metric of a set with its interval, the main one first; and the drawn values of the main
 * one, for means over sets.
 */
export function metricsOf(scored: ScoredSet): {
  metrics: MetricResult[];
  draws: readonly number[];
} {
  const draws = drawsOf(scored);
  const metrics = plainMetrics(scored).map((metric) => withInterval(metric, draws[metric.id]));
  return { metrics, draws: draws[metrics[0]!.id] ?? [] };
}

function drawsOf({ set, truth, predictions, mapping, ...rules }: ScoredSet): MetricDraws {
  return isSentimentSet(set)
    ? sentimentDraws(set, truth as ValueMap, predictions as SentimentMap)
    : labelDraws(set, truth as LabelMap, predictions as LabelMap, mapping, rules);
}

/** A metric in percent; the official code's NaN keeps its name, for JSON cannot hold it. */
export function percent(id: string, label: string, fraction: number, n?: number): MetricResult {
  const value = 100 * fraction;
  return {
    id,
    label,
    value: Number.isFinite(value) ? value : null,
    ...(Number.isNaN(value) && { nan: true }),
    ...(n !== undefined && { n }),
    unit: "percent",
    better: "higher",
  };
}

/** No interval around a number that does not exist. */
export function withInterval(metric: MetricResult, draws: readonly number[] = []): MetricResult {
  if (metric.value === null || draws.length === 0) return metric;
  const { low, high } = intervalOfDraws(draws);
  const scale = metric.unit === "percent" ? 100 : 1;
  const finite = (value: number) => (Number.isFinite(value) ? scale * value : null);
  return { ...metric, low: finite(low), high: finite(high) };
}

function plainMetrics(scored: ScoredSet): MetricResult[] {
  const { score } = scored;
  switch (score.metric) {
    case "hit-rate":
      return hitMetrics(score);
    case "ew-f":
      return openMetrics(score, scored);
    case "waf":
      return sentimentMetrics(score);
  }
}

function hitMetrics({ main, mScore, meanListLength, perWheel }: HitRateScore): MetricResult[] {
  const n = Math.max(...perWheel.map(({ scored }) => scored));
  return [
    ...percents(hitLabels, { "hit-rate": [main, n], "m-score": [mScore] }),
    lengthMetric(meanListLength),
    ...perWheel.map(({ wheel, hitRate, scored }) =>
      percent(wheelMetric(wheel), `hit rate, ${wheel}`, hitRate, scored),
    ),
  ];
}

function openMetrics(score: OpenScore, scored: ScoredSet): MetricResult[] {
  const { truth, predictions, mapping, mode, set } = scored;
  const { byGrouping, average } = overlaps(truth as LabelMap, predictions as LabelMap, mapping, {
    mode,
    set,
  });
  const { case1: m1, case2: m2 } = byGrouping;
  return [
    ...percents(openLabels, {
      "ew-f": [score.main],
      "ew-precision": [score.level1.precision],
      "ew-recall": [score.level1.recall],
      "ew-f-level2": [score.level2.f],
      "ew-f-mean": [score.mean.f],
      "m1-precision": [m1!.precision, m1!.scored],
      "m1-recall": [m1!.recall, m1!.scored],
      "m2-precision": [m2!.precision, m2!.scored],
      "m2-recall": [m2!.recall, m2!.scored],
      "m-avg-precision": [average.precision],
      "m-avg-recall": [average.recall],
    }),
    ...(scored.synonyms === undefined ? [] : setLevelMetrics(scored, scored.synonyms)),
    lengthMetric(score.meanListLength),
  ];
}

function setLevelMetrics(scored: ScoredSet, synonyms: SynonymGroups): MetricResult[] {
  const { truth, predictions, set } = scored;
  const found = setLevelScore(truth as LabelMap, predictions as LabelMap, synonyms, set);
  return percents(setLevelLabels, {
    "set-level": [found.average],
    "set-level-precision": [found.precision],
    "set-level-recall": [found.recall],
  });
}

const sentimentMetrics = ({ main, accuracy, scored }: SentimentScore): MetricResult[] =>
  percents(sentimentLabels, { waf: [main, scored], accuracy: [accuracy, scored] });

/**
 * Every metric of a list, in its order: its fraction, and what that rests on where it is a count.
 */
const percents = <Id extends string>(
  labels: Readonly<Record<Id, string>>,
  values: Readonly<Record<Id, readonly [fraction: number, n?: number]>>,
): MetricResult[] =>
  (Object.keys(labels) as Id[]).map((id) => {
    const [fraction, n] = values[id];
    return percent(id, labels[id], fraction, n);
  });

const lengthMetric = (value: number): MetricResult => ({
  id: listLength,
  label: "words a list",
  value: Number.isFinite(value) ? value : null,
  unit: "count",
  better: "neither",
});
