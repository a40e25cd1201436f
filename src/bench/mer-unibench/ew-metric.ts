import { BenchError } from "../../core/errors.ts";
import { pairwiseMean } from "../../core/pairwise-sum.ts";
import { createGrouping, type Grouping, type GroupingKind, shared } from "./grouping.ts";
import { nothingScored } from "./hit-rate.ts";
import type { EmotionMapping } from "./mapping.ts";
import { meanListLength, type PairOptions, pairLabels, type Sample } from "./samples.ts";
import type { EwScore, LabelMap, OpenScore } from "./types.ts";

/** Mean over samples of |g∩p|/|p| and |g∩p|/|g|. */
export interface Overlap {
  precision: number;
  recall: number;
  scored: number;
}

export interface EwOptions extends PairOptions {
  /**
   * `unibench`: F is NaN where precision and recall are 0, all are NaN where nothing is scored
   * (errors in strict mode). `mer2026`: 0 in both cases, by that challenge's rules.
   */
  protocol?: "unibench" | "mer2026";
}

/**
 * Overlap of truth and prediction under one grouping. Samples whose truth the grouping drops are
 * skipped; an empty prediction counts 0 and 0.
 */
export function overlap(samples: readonly Sample[], grouping: Grouping): Overlap {
  const precisions: number[] = [];
  const recalls: number[] = [];
  for (const { truth, predicted } of samples) {
    const right = grouping(truth);
    if (right.length === 0) continue;
    const given = grouping(predicted);
    const both = shared(right, given);
    precisions.push(given.length === 0 ? 0 : both / given.length);
    recalls.push(both / right.length);
  }
  return {
    precision: pairwiseMean(precisions),
    recall: pairwiseMean(recalls),
    scored: recalls.length,
  };
}

/**
 * The emotion-wheel metric of one level: per wheel F of the mean precision and mean recall, then
 * plain means of F, precision and recall over the wheels.
 * @throws BenchError see `pairLabels`; strict `NOTHING_SCORED`, and `EW_UNDEFINED` where F would be
 *   NaN
 */
export function ewScore(
  truth: LabelMap,
  predictions: LabelMap,
  mapping: EmotionMapping,
  level: 1 | 2,
  options: EwOptions = {},
): EwScore {
  return ewOfSamples(pairLabels(truth, predictions, options), mapping, level, options);
}

function ewOfSamples(
  samples: readonly Sample[],
  mapping: EmotionMapping,
  level: 1 | 2,
  options: EwOptions,
): EwScore {
  const wheels = mapping.wheels.map(({ name }, wheel) => {
    const grouping = createGrouping(mapping, { method: "M3", wheel, level });
    return wheelScore(overlap(samples, grouping), `${name} level ${level}`, options);
  });
  return {
    f: pairwiseMean(wheels.map((wheel) => wheel.f)),
    precision: pairwiseMean(wheels.map((wheel) => wheel.precision)),
    recall: pairwiseMean(wheels.map((wheel) => wheel.recall)),
  };
}

function wheelScore(found: Overlap, where: string, options: EwOptions): EwScore {
  const { mode = "strict", protocol = "unibench", set = "this set" } = options;
  const lenient = protocol === "mer2026";
  if (found.scored === 0) {
    if (lenient) return { f: 0, precision: 0, recall: 0 };
    if (mode === "strict") throw nothingScored(set, where);
  }
  const { precision, recall } = found;
  const total = precision + recall;
  if (total === 0 && !lenient && mode === "strict") {
    throw new BenchError("EW_UNDEFINED", `${set}: no prediction is right on ${where}`, {
      hint: "F is NaN by the published definition; compat mode reports NaN, protocol mer2026 reports 0",
    });
  }
  const f = total === 0 && lenient ? 0 : (2 * precision * recall) / total;
  return { f, precision, recall };
}

/** EW metric of levels 1 and 2 and their mean. UniBench's main metric is F on level 1. */
export function openScore(
  truth: LabelMap,
  predictions: LabelMap,
  mapping: EmotionMapping,
  options: EwOptions = {},
): OpenScore {
  const samples = pairLabels(truth, predictions, options);
  const level1 = ewOfSamples(samples, mapping, 1, options);
  const level2 = ewOfSamples(samples, mapping, 2, options);
  const middle = (key: keyof EwScore) => (level1[key] + level2[key]) / 2;
  return {
    metric: "ew-f",
    main: level1.f,
    level1,
    level2,
    mean: { f: middle("f"), precision: middle("precision"), recall: middle("recall") },
    meanListLength: meanListLength(samples),
  };
}

/** The twelve groupings of OV-MER: M1, M2, and M3 on both levels of every wheel. */
export function allGroupings(mapping: EmotionMapping): { name: string; kind: GroupingKind }[] {
  const wheels = mapping.wheels.flatMap((_, wheel) =>
    ([1, 2] as const).map((level) => ({
      name: `case3_wheel${wheel + 1}_level${level}`,
      kind: { method: "M3", wheel, level } as const,
    })),
  );
  return [
    { name: "case1", kind: { method: "M1" } },
    { name: "case2", kind: { method: "M2" } },
    ...wheels,
  ];
}

/**
 * Overlap under every grouping of OV-MER, by the official names, and `average`, the plain mean of
 * the twelve (OV-MER's M-avg).
 */
export function overlaps(
  truth: LabelMap,
  predictions: LabelMap,
  mapping: EmotionMapping,
  options: PairOptions = {},
): { byGrouping: Record<string, Overlap>; average: { precision: number; recall: number } } {
  const samples = pairLabels(truth, predictions, options);
  const byGrouping: Record<string, Overlap> = {};
  for (const { name, kind } of allGroupings(mapping)) {
    byGrouping[name] = overlap(samples, createGrouping(mapping, kind));
  }
  const all = Object.values(byGrouping);
  const average = {
    precision: pairwiseMean(all.map((one) => one.precision)),
    recall: pairwiseMean(all.map((one) => one.recall)),
  };
  return { byGrouping, average };
}
