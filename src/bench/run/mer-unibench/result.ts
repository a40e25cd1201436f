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
 * out of truth and counted; compat mode fails on them as the official code does.
 * @throws BenchError as `scoreMerUniBench`.
 */
export function merResults(
  sets: readonly PredictedSet[],
  options: MerResultOptions,
): BenchmarkResult[] {
  const scored = sets.map((set) => setRuns(set, options.mode));
  const single = scored.every(({ runs }) => runs.length === 1);
  return options.mappings.flatMap((mapping) => {
    const result = scoreMerUniBench({ sets: scored, mapping, mode: options.mode });
    const protocols = single ? result.protocols.slice(0, 1) : result.protocols;
    return protocols.map((protocol) =>
      oneResult(
        sets,
        scored,
        mapping,
        result,
        { ...protocol, ...(single && { note: "one checkpoint" }) },
        options,
      ),
    );
  });
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
  result: MerUniBenchResult,
  protocol: ProtocolScore,
  options: MerResultOptions,
): BenchmarkResult {
  const setResults = protocol.chosen.map(({ set, checkpoint }): SetResult => {
    const given = scored.find((one) => one.set === set)!;
    const run = given.runs.find((one) => one.checkpoint === checkpoint)!;
    const score = result.sets
      .find((one) => one.set === set)!
      .runs.find((one) => one.checkpoint === checkpoint)!.score;
    const interval = intervalOf(given, run.predictions, mapping);
    const { counts } = sets.find(({ testSet }) => testSet.set === set)!;
    return { name: merSet(set).title, metrics: metricsOf(score, interval), counts };
  });
  const mean = finite(100 * protocol.mean);
  return {
    benchmark: "mer-unibench",
    model: options.model,
    sets: setResults,
    overall: [
      { id: "mean", label: "mean over sets", value: mean, unit: "percent", better: "higher" },
    ],
    protocol: {
      name: protocol.note,
      mapping: mapping.id,
      ...(options.asked && { promptsHash: merPromptsHash }),
      tools: { labels: options.labels },
      settings: { mode: options.mode, sets: sets.length, ...options.settings },
    },
    notes: [...new Set([...result.notes, ...failureNotes(sets), ...(options.notes ?? [])])],
    ...(options.usage !== undefined && { usage: options.usage }),
  };
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
