import { bootstrapDraws } from "../../../core/stats.ts";
import { allGroupings } from "../ew-metric.ts";
import { createGrouping, type Grouping, shared } from "../grouping.ts";
import type { EmotionMapping } from "../mapping.ts";
import { type SynonymGroups, setLevelSamples } from "../mer2024-ov.ts";
import { pairLabels, type Sample } from "../samples.ts";
import { isOpenSet } from "../sets.ts";
import type { LabelMap, MerSetId, ScoringMode, SentimentMap, ValueMap } from "../types.ts";
import {
  type HitMetric,
  listLength,
  type OpenMetric,
  type SentimentMetric,
  type SetLevelMetric,
  wheelMetric,
} from "./metric-ids.ts";

/** What every metric of a set gives on each bootstrap draw of its samples, by metric id. */
export type MetricDraws = Readonly<Record<string, readonly number[]>>;

/** One value a sample; NaN where the metric skips it. */
type Columns = Readonly<Record<string, Float64Array>>;
/** Metrics as functions of column means, as officially: F of the means, not the mean of F. */
type Metrics<Id extends string = string> = Readonly<Record<Id, Statistic>>;
type Statistic = (means: Readonly<Record<string, number>>) => number;

/** Draws of an emotion set. The mode is the scorer's: what it reads, or refuses, this must too. */
export function labelDraws(
  set: MerSetId,
  truth: LabelMap,
  predictions: LabelMap,
  mapping: EmotionMapping,
  { mode, synonyms }: { mode: ScoringMode; synonyms?: SynonymGroups | undefined },
): MetricDraws {
  const samples = pairLabels(truth, predictions, { mode, set });
  if (isOpenSet(set)) {
    const columns = overlapColumns(samples, mapping);
    if (synonyms === undefined) return drawMetrics(set, columns, openMetrics);
    const { precisions, recalls } = setLevelSamples(truth, predictions, synonyms, set);
    const [setP, setR] = [Float64Array.from(precisions), Float64Array.from(recalls)];
    return drawMetrics(set, { ...columns, setP, setR }, { ...openMetrics, ...setLevelMetrics });
  }
  const labels = [...new Set(truth.values())] as string[];
  return drawMetrics(set, hitColumns(samples, labels, mapping), hitMetrics(mapping));
}

/** Draws of a sentiment set, over its scored samples. */
export function sentimentDraws(
  set: MerSetId,
  truth: ValueMap,
  predictions: SentimentMap,
): MetricDraws {
  const scored = [...truth].filter(([, value]) => value !== 0);
  const where = (actual: boolean, claimed: boolean) =>
    Float64Array.from(scored, ([id, value]) =>
      Number(value > 0 === actual && (predictions.get(id) === "positive") === claimed),
    );
  const table = {
    nn: where(false, false),
    np: where(false, true),
    pn: where(true, false),
    pp: where(true, true),
  };
  const f1 = (both: number, misses: number, alarms: number) =>
    both === 0 ? 0 : (2 * both) / (2 * both + misses + alarms);
  const metrics: Metrics<SentimentMetric> = {
    waf: ({ nn = 0, np = 0, pn = 0, pp = 0 }) =>
      (nn + np) * f1(nn, np, pn) + (pn + pp) * f1(pp, pn, np),
    accuracy: ({ nn = 0, pp = 0 }) => nn + pp,
  };
  return drawMetrics(set, table, metrics);
}

function hitColumns(
  samples: readonly Sample[],
  labels: readonly string[],
  mapping: EmotionMapping,
): Columns {
  const columns: Record<string, Float64Array> = { length: lengths(samples) };
  mapping.wheels.forEach((_, wheel) => {
    const grouping = createGrouping(mapping, { method: "M3", wheel, level: 1 });
    const possible = grouping(labels);
    const pairs = samples.map(({ truth, predicted }) => {
      const right = grouping(truth);
      if (right.length === 0) return { hit: Number.NaN, share: Number.NaN };
      const given = grouping(predicted);
      const hit = shared(given, right);
      const candidates = shared(given, possible);
      return { hit, share: candidates === 0 ? 0 : hit / candidates };
    });
    columns[`hit${wheel}`] = Float64Array.from(pairs, ({ hit }) => hit);
    columns[`share${wheel}`] = Float64Array.from(pairs, ({ share }) => share);
  });
  return columns;
}

function hitMetrics({ wheels }: EmotionMapping): Metrics {
  const over = (kind: string) => wheels.map((_, wheel) => `${kind}${wheel}`);
  const single = wheels.map(({ name }, wheel): [string, Statistic] => [
    wheelMetric(name),
    (means) => means[`hit${wheel}`]!,
  ]);
  const pooled: Metrics<HitMetric | typeof listLength> = {
    "hit-rate": (means) => meanOf(over("hit").map((name) => means[name]!)),
    "m-score": (means) => meanOf(over("share").map((name) => means[name]!)),
    [listLength]: ({ length = 0 }) => length,
  };
  return { ...pooled, ...Object.fromEntries(single) };
}

function overlapColumns(samples: readonly Sample[], mapping: EmotionMapping): Columns {
  const columns: Record<string, Float64Array> = { length: lengths(samples) };
  for (const { name, kind } of allGroupings(mapping)) {
    const pairs = overlapsOf(samples, createGrouping(mapping, kind));
    columns[`${name} P`] = Float64Array.from(pairs, ({ precision }) => precision);
    columns[`${name} R`] = Float64Array.from(pairs, ({ recall }) => recall);
  }
  return columns;
}

function overlapsOf(samples: readonly Sample[], grouping: Grouping) {
  return samples.map(({ truth, predicted }) => {
    const right = grouping(truth);
    if (right.length === 0) return { precision: Number.NaN, recall: Number.NaN };
    const given = grouping(predicted);
    const both = shared(right, given);
    return { precision: given.length === 0 ? 0 : both / given.length, recall: both / right.length };
  });
}

const ofLevel = (level: 1 | 2, side: "P" | "R") => (means: Readonly<Record<string, number>>) =>
  meanOf(namesOf(means, `_level${level} ${side}`).map((name) => means[name]!));
const fOfLevel = (level: 1 | 2) => (means: Readonly<Record<string, number>>) =>
  meanOf(
    namesOf(means, `_level${level} P`).map((name) =>
      harmonic(means[name]!, means[`${name.slice(0, -1)}R`]!),
    ),
  );
const middle =
  (of: (level: 1 | 2) => (means: Readonly<Record<string, number>>) => number) =>
  (means: Readonly<Record<string, number>>) =>
    (of(1)(means) + of(2)(means)) / 2;
const namesOf = (means: object, ending: string) =>
  Object.keys(means).filter((name) => name.endsWith(ending));

const openMetrics: Metrics<OpenMetric | typeof listLength> = {
  "ew-f": fOfLevel(1),
  "ew-precision": ofLevel(1, "P"),
  "ew-recall": ofLevel(1, "R"),
  "ew-f-level2": fOfLevel(2),
  "ew-f-mean": middle(fOfLevel),
  "m1-precision": (means) => means["case1 P"]!,
  "m1-recall": (means) => means["case1 R"]!,
  "m2-precision": (means) => means["case2 P"]!,
  "m2-recall": (means) => means["case2 R"]!,
  "m-avg-precision": (means) => meanOf(namesOf(means, " P").map((name) => means[name]!)),
  "m-avg-recall": (means) => meanOf(namesOf(means, " R").map((name) => means[name]!)),
  [listLength]: ({ length = 0 }) => length,
};

const setLevelMetrics: Metrics<SetLevelMetric> = {
  "set-level": ({ setP = 0, setR = 0 }) => (setP + setR) / 2,
  "set-level-precision": ({ setP = 0 }) => setP,
  "set-level-recall": ({ setR = 0 }) => setR,
};

function drawMetrics(set: MerSetId, columns: Columns, metrics: Metrics): MetricDraws {
  const { length } = Object.values(columns)[0]!;
  const draws = bootstrapDraws(
    length,
    (drawn) => {
      const means = Object.fromEntries(
        Object.entries(columns).map(([name, column]) => [name, meanOver(column, drawn)]),
      );
      return Object.values(metrics).map((metric) => metric(means));
    },
    { seed: `mer-unibench/${set}` },
  );
  const ids = Object.keys(metrics);
  return Object.fromEntries(ids.map((id, index) => [id, draws.map((values) => values[index]!)]));
}

const lengths = (samples: readonly Sample[]): Float64Array =>
  Float64Array.from(
    samples,
    ({ predicted }) => new Set(predicted.map((word) => word.toLowerCase())).size,
  );

function meanOver(values: Float64Array, drawn: Int32Array): number {
  let total = 0;
  let count = 0;
  for (const at of drawn) {
    const value = values[at]!;
    if (Number.isNaN(value)) continue;
    total += value;
    count++;
  }
  return total / count;
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0) / values.length;
const harmonic = (a: number, b: number): number => (a + b === 0 ? 0 : (2 * a * b) / (a + b));
