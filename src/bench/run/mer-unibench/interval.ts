import { bootstrap, type Interval } from "../../../core/stats.ts";
import { createGrouping, shared } from "../../mer-unibench/grouping.ts";
import type { EmotionMapping } from "../../mer-unibench/mapping.ts";
import { pairLabels } from "../../mer-unibench/samples.ts";
import { isOpenSet } from "../../mer-unibench/sets.ts";
import type { LabelMap, MerSetId, SentimentMap, ValueMap } from "../../mer-unibench/types.ts";

/** Samples × wheels; NaN where a wheel skips the sample. Row-major by wheel. */
type PerWheel = Float64Array[];

const draws = 1000;

/** 95 % bootstrap interval, over samples, of the main metric of an emotion set; fractions. */
export function labelInterval(
  set: MerSetId,
  truth: LabelMap,
  predictions: LabelMap,
  mapping: EmotionMapping,
): Interval {
  const samples = pairLabels(truth, predictions, { mode: "compat", set });
  const precisions: PerWheel = [];
  const recalls: PerWheel = [];
  const hits: PerWheel = [];
  for (const wheel of mapping.wheels.keys()) {
    const grouping = createGrouping(mapping, { method: "M3", wheel, level: 1 });
    const pairs = samples.map(({ truth: right, predicted }) => {
      const given = grouping(predicted);
      const known = grouping(right);
      if (known.length === 0) return { precision: Number.NaN, recall: Number.NaN, hit: Number.NaN };
      const both = shared(known, given);
      const precision = given.length === 0 ? 0 : both / given.length;
      return { precision, recall: both / known.length, hit: both };
    });
    precisions.push(Float64Array.from(pairs, ({ precision }) => precision));
    recalls.push(Float64Array.from(pairs, ({ recall }) => recall));
    hits.push(Float64Array.from(pairs, ({ hit }) => hit));
  }
  const wheels = [...mapping.wheels.keys()];
  const statistic = isOpenSet(set)
    ? (drawn: Int32Array) =>
        meanOf(
          wheels.map((wheel) =>
            harmonic(meanOver(precisions[wheel]!, drawn), meanOver(recalls[wheel]!, drawn)),
          ),
        )
    : (drawn: Int32Array) => meanOf(wheels.map((wheel) => meanOver(hits[wheel]!, drawn)));
  return bootstrap(samples.length, statistic, { draws, seed: `mer-unibench/${set}` });
}

/** 95 % bootstrap interval, over scored samples, of the WAF of a sentiment set; a fraction. */
export function sentimentInterval(
  set: MerSetId,
  truth: ValueMap,
  predictions: SentimentMap,
): Interval {
  const scored = [...truth].filter(([, value]) => value !== 0);
  const actual = scored.map(([, value]) => value > 0);
  const claimed = scored.map(([id]) => predictions.get(id) === "positive");
  const statistic = (drawn: Int32Array): number => {
    // [truth][prediction], each negative then positive
    const table = [0, 0, 0, 0] as [number, number, number, number];
    for (const at of drawn) table[(actual[at] ? 2 : 0) + (claimed[at] ? 1 : 0)]!++;
    const [nn, np, pn, pp] = table;
    const f1 = (both: number, misses: number, alarms: number) =>
      both === 0 ? 0 : (2 * both) / (2 * both + misses + alarms);
    return ((nn + np) * f1(nn, np, pn) + (pn + pp) * f1(pp, pn, np)) / drawn.length;
  };
  return bootstrap(scored.length, statistic, { draws, seed: `mer-unibench/${set}` });
}

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
