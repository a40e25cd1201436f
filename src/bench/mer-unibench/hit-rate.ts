import { BenchError } from "../../core/errors.ts";
import { pairwiseMean } from "../../core/pairwise-sum.ts";
import { pythonFailure } from "./failure.ts";
import { createGrouping, type Grouping, shared } from "./grouping.ts";
import type { EmotionMapping } from "./mapping.ts";
import { meanListLength, type PairOptions, pairLabels, type Sample } from "./samples.ts";
import type { HitRateScore, LabelMap, ScoringMode } from "./types.ts";

export type WheelHits = HitRateScore["perWheel"][number];

/**
 * Hit rate on level 1 of every wheel, and its companion m-score. Samples whose truth is on no wheel
 * ("neutral") are skipped, so denominators differ by wheel.
 *
 * @param truth one emotion word a sample; lists are an error, as in the official code
 * @throws BenchError see `pairLabels`; `NOTHING_SCORED` in strict mode where a wheel skips every
 *   sample
 */
export function hitRate(
  truth: LabelMap,
  predictions: LabelMap,
  mapping: EmotionMapping,
  options: PairOptions = {},
): HitRateScore {
  const { mode = "strict", set = "this set" } = options;
  for (const [id, value] of truth) if (typeof value !== "string") throw listAsTruth(mode, set, id);
  const samples = pairLabels(truth, predictions, options);
  const labels = [...new Set(truth.values())] as string[];
  const perWheel = mapping.wheels.map(({ name }, wheel) => {
    const grouping = createGrouping(mapping, { method: "M3", wheel, level: 1 });
    const hits = wheelHits(name, samples, labels, grouping);
    if (mode === "strict" && hits.scored === 0) throw nothingScored(set, name);
    return hits;
  });
  return {
    metric: "hit-rate",
    main: pairwiseMean(perWheel.map((wheel) => wheel.hitRate)),
    mScore: pairwiseMean(perWheel.map((wheel) => wheel.mScore)),
    meanListLength: meanListLength(samples),
    perWheel,
  };
}

function wheelHits(
  wheel: string,
  samples: readonly Sample[],
  labels: readonly string[],
  grouping: Grouping,
): WheelHits {
  // Each label mapped as one whole string, brackets and all: so the official code does it.
  const possible = grouping(labels);
  const hits: number[] = [];
  const shares: number[] = [];
  for (const { truth, predicted } of samples) {
    const right = grouping(truth);
    if (right.length === 0) continue;
    const given = grouping(predicted);
    const hit = shared(given, right);
    const candidates = shared(given, possible);
    hits.push(hit);
    shares.push(candidates === 0 ? 0 : hit / candidates);
  }
  return {
    wheel,
    hitRate: pairwiseMean(hits),
    mScore: pairwiseMean(shares),
    scored: hits.length,
  };
}

function listAsTruth(mode: ScoringMode, set: string, id: string): BenchError {
  const message = `${set}: the hit rate needs one emotion word as truth, sample '${id}' has something else`;
  if (mode === "compat") return pythonFailure("TypeError", message);
  return new BenchError("TRUTH_SHAPE", message, {
    path: id,
    hint: "open-vocabulary sets are scored with the EW metric",
  });
}

export function nothingScored(set: string, grouping: string): BenchError {
  return new BenchError("NOTHING_SCORED", `${set}: no sample has a truth that ${grouping} knows`, {
    hint: "are the labels emotion words in English? compat mode gives NaN here",
  });
}
