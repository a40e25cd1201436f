import { allGroupings, ewScore, overlap } from "./ew-metric.ts";
import { pythonFailureOf } from "./failure.ts";
import { createGrouping } from "./grouping.ts";
import { hitRate } from "./hit-rate.ts";
import type { EmotionMapping } from "./mapping.ts";
import { pairLabels } from "./samples.ts";
import { sentimentScore } from "./sentiment.ts";
import type { EwScore, LabelMap, SentimentMap, ValueMap } from "./types.ts";

/*
 * Results in the layout in which outputs of the official code are recorded, failures included: what
 * recorded cases are compared with.
 */

export interface RecordedLabels {
  truth: LabelMap;
  predictions: LabelMap;
  /** Restricts the EW metric and the overlaps, not the hit rate. */
  only?: readonly string[] | null;
}

/** F, P, R on both levels; P, R under all groupings; hit rate and m-score. */
export function recomputeLabels(given: RecordedLabels, mapping: EmotionMapping): object {
  const { truth, predictions } = given;
  const options = ewOptions(given);
  const level = (level: 1 | 2) => () => {
    return triple(ewScore(truth, predictions, mapping, level, options));
  };
  const overlapPR = allGroupings(mapping).map(({ name, kind }) => [
    name,
    orFailure(() => {
      const samples = pairLabels(truth, predictions, options);
      const { precision, recall } = overlap(samples, createGrouping(mapping, kind));
      return [precision, recall];
    }),
  ]);
  const hits = orFailure(() => hitRate(truth, predictions, mapping, { mode: "compat" }));
  const failed = "error" in hits;
  return {
    ew_level1_FPR: orFailure(level(1)),
    ew_level2_FPR: orFailure(level(2)),
    overlap_PR: Object.fromEntries(overlapPR),
    hitrate_mscore: failed ? hits : [hits.main, hits.mScore],
    hitrate_per_wheel: failed
      ? mapping.wheels.map(() => hits)
      : hits.perWheel.map((wheel) => [wheel.hitRate, wheel.mScore]),
  };
}

/** F, P, R on both levels by the rules of MER2026. */
export function recomputeMer2026(given: RecordedLabels, mapping: EmotionMapping): object {
  const options = { ...ewOptions(given), protocol: "mer2026" } as const;
  const level = (level: 1 | 2) => () =>
    triple(ewScore(given.truth, given.predictions, mapping, level, options));
  return { ew_level1_FPR: orFailure(level(1)), ew_level2_FPR: orFailure(level(2)) };
}

/** WAF by both formulas of sklearn, accuracy, unreadable sentiments. */
export function recomputeSentiment(
  truth: ValueMap,
  predictions: SentimentMap,
): { expected: object; expected_reimpl_sklearn_ge_1_3?: object } {
  const score = orFailure(() => sentimentScore(truth, predictions, { mode: "compat" }));
  if ("error" in score) return { expected: score };
  const { main, wafBefore13, accuracy, unreadable } = score;
  return {
    expected: { waf: wafBefore13, acc: accuracy, n_error_labels: unreadable },
    expected_reimpl_sklearn_ge_1_3: { waf: main },
  };
}

function ewOptions({ only }: RecordedLabels) {
  return { mode: "compat" as const, ...(only ? { only } : {}) };
}

const triple = ({ f, precision, recall }: EwScore): number[] => [f, precision, recall];

/** The value, or the name of the Python error that the official code raises. */
export function orFailure<T>(compute: () => T): T | { error: string } {
  try {
    return compute();
  } catch (error) {
    const failure = pythonFailureOf(error);
    if (failure === undefined) throw error;
    return { error: failure };
  }
}
