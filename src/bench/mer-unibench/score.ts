import { BenchError } from "../../core/errors.ts";
import { type EwOptions, openScore } from "./ew-metric.ts";
import { hitRate } from "./hit-rate.ts";
import type { EmotionMapping } from "./mapping.ts";
import {
  applyProtocols,
  compareCheckpoints,
  type ProtocolScore,
  type SetScores,
} from "./protocols.ts";
import { sentimentScore } from "./sentiment.ts";
import { isOpenSet, isSentimentSet, merSet, merSets } from "./sets.ts";
import type {
  CheckpointRun,
  LabelMap,
  ScoringMode,
  SentimentMap,
  SetRuns,
  SetScore,
  ValueMap,
} from "./types.ts";

export interface MerUniBenchInput {
  sets: readonly SetRuns[];
  mapping: EmotionMapping;
  mode?: ScoringMode;
  /** Rules of the EW metric; default `unibench`. */
  ew?: EwOptions["protocol"];
}

export interface MerUniBenchResult {
  mapping: { id: string; comparable: boolean };
  mode: ScoringMode;
  sets: readonly SetScores[];
  /** Scores by way of choosing checkpoints, the published way first. */
  protocols: readonly ProtocolScore[];
  /** True where all nine sets are there at full size: only then is a mean MER-UniBench's. */
  complete: boolean;
  /** What a reader of the numbers must know; print them all. */
  notes: readonly string[];
}

/**
 * MER-UniBench from true labels and predictions: main metric of every set and checkpoint, and their
 * mean under each protocol. Values are fractions.
 * @throws BenchError `SETS_EMPTY`, `SET_TWICE`, `RUNS_EMPTY`; and what the metrics throw
 */
export function scoreMerUniBench(input: MerUniBenchInput): MerUniBenchResult {
  const { mapping, mode = "strict" } = input;
  if (input.sets.length === 0) {
    throw new BenchError("SETS_EMPTY", "there is no test set to score", {
      hint: `sets: ${merSets.map(({ id }) => id).join(", ")}`,
    });
  }
  const twice = input.sets.find(
    (set, index) => input.sets.findIndex((s) => s.set === set.set) < index,
  );
  if (twice) throw new BenchError("SET_TWICE", `set '${twice.set}' is given twice`, {});
  const { ew = "unibench" } = input;
  const sets = input.sets.map((runs) => scoreSet(runs, mapping, { mode, protocol: ew }));
  const complete =
    sets.length === merSets.length &&
    input.sets.every(({ set, truth }) => truth.size === merSet(set).n);
  return {
    mapping: { id: mapping.id, comparable: mapping.comparable },
    mode,
    sets,
    protocols: applyProtocols(sets),
    complete,
    notes: notes(input, complete),
  };
}

function scoreSet(given: SetRuns, mapping: EmotionMapping, rules: EwOptions): SetScores {
  const { set, runs } = given;
  if (runs.length === 0) {
    throw new BenchError("RUNS_EMPTY", `set '${set}' has no predictions`, {
      hint: "give the predictions of at least one checkpoint",
    });
  }
  const sorted: CheckpointRun<LabelMap | SentimentMap>[] = [...runs].sort((a, b) =>
    compareCheckpoints(a.checkpoint, b.checkpoint),
  );
  const score = (predictions: LabelMap | SentimentMap): SetScore => {
    const options = { ...rules, set };
    if (isSentimentSet(set)) {
      return sentimentScore(given.truth as ValueMap, predictions as SentimentMap, options);
    }
    const truth = given.truth as LabelMap;
    return (isOpenSet(set) ? openScore : hitRate)(truth, predictions, mapping, options);
  };
  return {
    set,
    runs: sorted.map(({ checkpoint, predictions }) => ({ checkpoint, score: score(predictions) })),
  };
}

function notes({ sets, mapping, mode, ew }: MerUniBenchInput, complete: boolean): string[] {
  const found = [...mapping.notes];
  if (ew === "mer2026") {
    found.push("EW metric by MER2026's rules: nothing scored and nothing right give 0, not NaN.");
  }
  if (mode === "compat")
    found.push("Compatibility mode: inputs and failures as in the official code.");
  for (const { set, truth } of sets) {
    const { n, title, overlap } = merSet(set);
    if (truth.size !== n)
      found.push(`${title}: ${truth.size} samples where the test set has ${n}.`);
    if (overlap !== undefined) found.push(`${title}: ${overlap}.`);
  }
  if (!complete) {
    found.push(
      "Not the whole of MER-UniBench: the mean is over the sets given, not the nine-set mean.",
    );
  }
  return found;
}
