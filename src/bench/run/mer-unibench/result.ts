import { BenchError } from "../../../core/errors.ts";
import type { EmotionMapping } from "../../mer-unibench/mapping.ts";
import type { ProtocolScore } from "../../mer-unibench/protocols.ts";
import { type MerUniBenchResult, scoreMerUniBench } from "../../mer-unibench/score.ts";
import { isSentimentSet, merSet } from "../../mer-unibench/sets.ts";
import type {
  CheckpointRun,
  LabelMap,
  MerSetId,
  ScoringMode,
  SentimentMap,
  SetRuns,
  SetScore,
  ValueMap,
} from "../../mer-unibench/types.ts";
import type { BenchmarkResult, MetricResult, QuestionCounts, SetResult } from "../result.ts";
import { labelInterval, sentimentInterval } from "./interval.ts";
import type { Prediction } from "./labels.ts";
import { merPromptsHash } from "./prompts.ts";
import type { MerTestSet } from "./test-set.ts";

/** Truth and predictions of one set, one entry a checkpoint. */
export interface PredictedSet {
  testSet: MerTestSet;
  runs: readonly CheckpointRun<ReadonlyMap<string, Prediction>>[];
  counts: QuestionCounts;
}

export interface MerResultOptions {
  model: string;
  mappings: readonly EmotionMapping[];
  mode: ScoringMode;
  /** What read the answers. */
  labels: string;
  /** Whether our own prompts were asked. */
  asked: boolean;
  notes?: readonly string[];
  usage?: BenchmarkResult["usage"];
  settings?: BenchmarkResult["protocol"]["settings"];
}

/**
 * Scores under every mapping and every way of choosing checkpoints. Samples without a prediction are left
 * out of truth and counted; compat mode fails on them as the official code does. A set whose score is not
 * defined (all truths neutral, nothing right on a wheel) gets none, says why, and leaves no mean.
 * @throws BenchError as `scoreMerUniBench`, but for the undefined.
 */
export function merResults(
  sets: readonly PredictedSet[],
  options: MerResultOptions,
): BenchmarkResult[] {
  const { mode } = options;
  const scored = sets.map((set) => setRuns(set, mode));
  const single = scored.every(({ runs }) => runs.length === 1);
  return options.mappings.flatMap((mapping) => {
    const reasons = new Map(
      scored.map((runs) => [runs.set, undefinedBecause(runs, mapping, mode)]),
    );
    const defined = scored.filter(({ set }) => reasons.get(set) === undefined);
    const notes = [...reasons.values()].filter((reason) => reason !== undefined);
    const result =
      defined.length > 0 ? scoreMerUniBench({ sets: defined, mapping, mode }) : undefined;
    const protocols = result?.protocols ?? [nothingChosen];
    return (single ? protocols.slice(0, 1) : protocols).map((protocol) =>
      oneResult(sets, scored, mapping, result, protocol, {
        ...options,
        ...(single && { protocol: "one checkpoint" }),
        notes: [...(result?.notes ?? mapping.notes), ...notes, ...(options.notes ?? [])],
      }),
    );
  });
}

const nothingChosen = { note: "no set could be scored", chosen: [], mean: Number.NaN } as const;

/** Why no number comes out of a set, in the scorer's words. */
function undefinedBecause(
  runs: SetRuns,
  mapping: EmotionMapping,
  mode: ScoringMode,
): string | undefined {
  try {
    scoreMerUniBench({ sets: [runs], mapping, mode });
    return undefined;
  } catch (error) {
    const codes = ["NOTHING_SCORED", "EW_UNDEFINED", "TRUTH_EMPTY"];
    if (error instanceof BenchError && codes.includes(error.code)) return error.message;
    throw error;
  }
}

function setRuns({ testSet, runs }: PredictedSet, mode: ScoringMode): SetRuns {
  const { set, samples } = testSet;
  const covered = samples.filter(
    ({ id }) => mode === "compat" || runs.every(({ predictions }) => predictions.has(id)),
  );
  const pick = <T>(value: (prediction: Prediction) => T) =>
    runs.map(({ checkpoint, predictions }) => ({
      checkpoint,
      predictions: new Map(
        covered.flatMap(({ id }) => {
          const prediction = predictions.get(id);
          return prediction === undefined ? [] : [[id, value(prediction)] as const];
        }),
      ),
    }));
  if (isSentimentSet(set)) {
    const truth = new Map(covered.map(({ id, truth }) => [id, Number(truth)]));
    return { set, truth, runs: pick(({ sentiment }) => sentiment ?? "") };
  }
  const truth = new Map(covered.map(({ id, truth }) => [id, String(truth)]));
  return { set, truth, runs: pick(({ openset }) => openset) };
}

function oneResult(
  sets: readonly PredictedSet[],
  scored: readonly SetRuns[],
  mapping: EmotionMapping,
  result: MerUniBenchResult | undefined,
  { chosen, note, mean }: Pick<ProtocolScore, "chosen" | "note" | "mean">,
  options: MerResultOptions & { protocol?: string },
): BenchmarkResult {
  const setResults = sets.map(({ testSet: { set }, counts }): SetResult => {
    const name = merSet(set).title;
    const checkpoint = chosen.find((one) => one.set === set)?.checkpoint;
    if (checkpoint === undefined) return { name, metrics: [noMetric(set)], counts };
    const given = scored.find((one) => one.set === set)!;
    const { predictions } = given.runs.find((one) => one.checkpoint === checkpoint)!;
    const { score } = result!.sets
      .find((one) => one.set === set)!
      .runs.find((one) => one.checkpoint === checkpoint)!;
    return { name, metrics: metricsOf(score, intervalOf(given, predictions, mapping)), counts };
  });
  const value = chosen.length === sets.length ? finite(100 * mean) : null;
  return {
    benchmark: "mer-unibench",
    model: options.model,
    sets: setResults,
    overall: [{ id: "mean", label: "mean over sets", value, unit: "percent", better: "higher" }],
    protocol: {
      name: options.protocol ?? note,
      mapping: mapping.id,
      ...(options.asked && { promptsHash: merPromptsHash }),
      tools: { labels: options.labels },
      settings: { mode: options.mode, sets: sets.length, ...options.settings },
    },
    notes: [...new Set([...failureNotes(sets), ...(options.notes ?? [])])],
    ...(options.usage !== undefined && { usage: options.usage }),
  };
}

function noMetric(set: MerSetId): MetricResult {
  const { metric } = merSet(set);
  const label = { "hit-rate": "hit rate", waf: "WAF", "ew-f": "EW F" }[metric];
  return { id: metric, label, value: null, unit: "percent", better: "higher" };
}

function intervalOf(
  { set, truth }: SetRuns,
  predictions: LabelMap | SentimentMap,
  mapping: EmotionMapping,
) {
  return isSentimentSet(set)
    ? sentimentInterval(set, truth as ValueMap, predictions as SentimentMap)
    : labelInterval(set as MerSetId, truth as LabelMap, predictions as LabelMap, mapping);
}

function metricsOf(score: SetScore, interval: { low: number; high: number }): MetricResult[] {
  const percent = (id: string, label: string, value: number, extra = {}): MetricResult => ({
    id,
    label,
    value: finite(100 * value),
    unit: "percent",
    better: "higher",
    ...extra,
  });
  const limits = { low: finite(100 * interval.low), high: finite(100 * interval.high) };
  const length = (value: number): MetricResult => ({
    id: "list-length",
    label: "words a list",
    value,
    unit: "count",
    better: "neither",
  });
  switch (score.metric) {
    case "hit-rate": {
      const n = Math.max(...score.perWheel.map(({ scored }) => scored));
      return [
        percent("hit-rate", "hit rate", score.main, { ...limits, n }),
        percent("m-score", "m-score", score.mScore),
        length(score.meanListLength),
      ];
    }
    case "ew-f":
      return [
        percent("ew-f", "EW F", score.main, limits),
        percent("ew-precision", "EW precision", score.level1.precision),
        percent("ew-recall", "EW recall", score.level1.recall),
        percent("ew-f-level2", "EW F level 2", score.level2.f),
        length(score.meanListLength),
      ];
    case "waf":
      return [
        percent("waf", "WAF", score.main, { ...limits, n: score.scored }),
        percent("accuracy", "accuracy", score.accuracy),
      ];
  }
}

function failureNotes(sets: readonly PredictedSet[]): string[] {
  return sets.flatMap(({ testSet, counts }) =>
    counts.failed === 0
      ? []
      : [
          `${merSet(testSet.set).title}: ${counts.failed} of ${counts.asked} samples have no prediction and are in no number.`,
        ],
  );
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
