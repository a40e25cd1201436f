import { BenchError } from "../../../core/errors.ts";
import { pairwiseMean } from "../../../core/pairwise-sum.ts";
import type { BenchmarkResult, MetricResult, QuestionCounts, SetResult } from "../../ask/result.ts";
import type { EwOptions } from "../ew-metric.ts";
import type { EmotionMapping } from "../mapping.ts";
import type { SynonymGroups } from "../mer2024-ov.ts";
import type { ProtocolScore } from "../protocols.ts";
import { type MerUniBenchResult, scoreMerUniBench } from "../score.ts";
import { isSentimentSet, merSet } from "../sets.ts";
import type {
  CheckpointRun,
  LabelMap,
  MerSetId,
  ScoringMode,
  SentimentMap,
  SetRuns,
} from "../types.ts";
import { isUnreadable, type Prediction } from "./labels.ts";
import { metricsOf, percent, withInterval } from "./metrics.ts";
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
  /** Rules of the EW metric; default `unibench`. */
  ew?: EwOptions["protocol"];
  /** Adds MER2024-OV's set-level score to open sets. */
  synonyms?: SynonymGroups;
  /**
   * What to do in strict mode about a set whose score is not defined (all truths neutral, nothing
   * right on a wheel): throw, or give the others their numbers and say why. Default `throw`; `note`
   * where answers were paid for.
   */
  onUndefined?: "throw" | "note";
  /** What read the answers. */
  labels: string;
  /** Whether our own prompts were asked. */
  asked: boolean;
  notes?: readonly string[];
  usage?: BenchmarkResult["usage"];
  settings?: BenchmarkResult["protocol"]["settings"];
}

/**
 * Scores under every mapping and every way of choosing checkpoints. Samples without a prediction
 * are left out of truth and counted; compat mode fails on them as the official code does.
 * @throws BenchError as `scoreMerUniBench`.
 */
export function merResults(
  sets: readonly PredictedSet[],
  options: MerResultOptions,
): BenchmarkResult[] {
  const scored = sets.map((set) => setRuns(set, options.mode));
  return options.mappings.flatMap((mapping) => mappingResults(sets, scored, mapping, options));
}

function mappingResults(
  sets: readonly PredictedSet[],
  scored: readonly SetRuns[],
  mapping: EmotionMapping,
  options: MerResultOptions,
): BenchmarkResult[] {
  const { mode, ew = "unibench" } = options;
  const reasons = new Map(scored.map((runs) => [runs.set, unscored(runs, mapping, options)]));
  const defined = scored.filter(({ set }) => reasons.get(set) === undefined);
  const result =
    defined.length > 0 ? scoreMerUniBench({ sets: defined, mapping, mode, ew }) : undefined;
  const single = scored.every(({ runs }) => runs.length === 1);
  const protocols = result?.protocols ?? [nothingChosen];
  const notes = [
    ...(result?.notes ?? mapping.notes),
    ...[...reasons.values()].filter((reason) => reason !== undefined),
    ...(single || protocols.some(({ protocol }) => protocol === "best-common") ? [] : [noCommon]),
    ...(options.notes ?? []),
  ];
  return (single ? protocols.slice(0, 1) : protocols).map((protocol) =>
    oneResult({ sets, scored, mapping, reasons, result, protocol }, { ...options, notes }),
  );
}

const nothingChosen = {
  protocol: "none",
  note: "no set could be scored",
  chosen: [],
  mean: Number.NaN,
} as const;
const noCommon = "No checkpoint is there for every set, so none is chosen for all sets together.";

/** Why no number comes out of a set, in the scorer's words. */
function unscored(
  runs: SetRuns,
  mapping: EmotionMapping,
  { mode, ew = "unibench", onUndefined = "throw" }: MerResultOptions,
): string | undefined {
  if (onUndefined === "throw" || mode === "compat") return undefined;
  if (runs.truth.size === 0) return `${merSet(runs.set).title}: no sample has a prediction.`;
  try {
    scoreMerUniBench({ sets: [runs], mapping, mode, ew });
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
  const truth: LabelMap = new Map(
    covered.map(({ id, truth }) => [id, typeof truth === "number" ? String(truth) : truth]),
  );
  return { set, truth, runs: pick(({ openset }) => openset) };
}

/** Scores under one mapping and one way of choosing checkpoints. */
interface Scoring {
  sets: readonly PredictedSet[];
  scored: readonly SetRuns[];
  mapping: EmotionMapping;
  /** Why a set has no score. */
  reasons: ReadonlyMap<MerSetId, string | undefined>;
  result: MerUniBenchResult | undefined;
  protocol: Omit<ProtocolScore, "protocol">;
}

function oneResult(scoring: Scoring, options: MerResultOptions): BenchmarkResult {
  const { sets, mapping, protocol } = scoring;
  const single = sets.every(({ runs }) => runs.length === 1);
  const found = sets.map((set) => oneSet(set, scoring, options));
  const { ew = "unibench" } = options;
  return {
    benchmark: "mer-unibench",
    model: options.model,
    sets: found.map(({ set }) => set),
    overall: [meanOverSets(found, protocol.mean)],
    protocol: {
      name: single ? "one checkpoint" : protocol.note,
      mapping: mapping.id,
      ...(options.asked && { promptsHash: merPromptsHash }),
      tools: { labels: options.labels },
      settings: {
        mode: options.mode,
        ...(ew !== "unibench" && { "EW rules": ew }),
        sets: found.map(({ set }) => set.name).join(", "),
        ...options.settings,
      },
    },
    notes: [...new Set([...failureNotes(sets), ...(options.notes ?? [])])],
    ...(options.usage !== undefined && { usage: options.usage }),
  };
}

interface FoundSet {
  set: SetResult;
  draws: readonly number[];
}

function oneSet(
  { testSet, runs, counts }: PredictedSet,
  scoring: Scoring,
  { mode, synonyms }: MerResultOptions,
) {
  const { set } = testSet;
  const name = merSet(set).title;
  const checkpoint = scoring.protocol.chosen.find((one) => one.set === set)?.checkpoint;
  if (checkpoint === undefined) {
    const unscored = scoring.reasons.get(set);
    const none = { name, metrics: [noMetric(set)], counts };
    return { set: { ...none, ...(unscored !== undefined && { unscored }) }, draws: [] };
  }
  const chosen = <Run extends { checkpoint: string }>(all: readonly Run[]): Run =>
    all.find((run) => run.checkpoint === checkpoint)!;
  const { truth, runs: scoredRuns } = scoring.scored.find((one) => one.set === set)!;
  const { score } = chosen(scoring.result!.sets.find((one) => one.set === set)!.runs);
  const { predictions } = chosen<CheckpointRun<LabelMap | SentimentMap>>(scoredRuns);
  const { mapping } = scoring;
  const { metrics, draws } = metricsOf({ set, truth, predictions, mapping, mode, synonyms, score });
  const read = [...chosen(runs).predictions.values()];
  const unparseable = read.filter((one) => isUnreadable(set, one)).length;
  const found: SetResult = { name, metrics, counts: { ...counts, unparseable } };
  return { set: { ...found, ...(runs.length > 1 && { checkpoint }) }, draws };
}

/**
 * Sets are drawn apart from each other, as they were collected. No mean where a set has no score.
 */
function meanOverSets(found: readonly FoundSet[], mean: number): MetricResult {
  const missing = found.some(({ set }) => set.unscored !== undefined);
  const metric = percent("mean", "mean over sets", mean);
  if (missing)
    return { id: "mean", label: metric.label, value: null, unit: "percent", better: "higher" };
  const draws = (found[0]?.draws ?? []).map((_, draw) =>
    pairwiseMean(found.map((one) => one.draws[draw]!)),
  );
  return withInterval(metric, draws);
}

function noMetric(set: MerSetId): MetricResult {
  const { metric } = merSet(set);
  const label = { "hit-rate": "hit rate", waf: "WAF", "ew-f": "EW F" }[metric];
  return { id: metric, label, value: null, unit: "percent", better: "higher" };
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
