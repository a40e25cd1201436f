import { BenchError } from "../../../core/errors.ts";
import { readJson } from "../../../core/files.ts";
import { readGivenJsonl } from "../../../core/jsonl.ts";
import { type BenchmarkResult, countsOf } from "../../ask/result.ts";
import { parsePythonJson } from "../../files/python-json.ts";
import { type MmeResult, scoreMmeEmotion } from "../score.ts";
import type { JudgedAnswer } from "../tally.ts";
import { type MmeTask, mmeTask } from "../tasks.ts";
import { type MmeDraws, macroDraws, mmeDraws, mmeMetrics, mmeOverall } from "./metrics.ts";

/** Judged answers of some tasks: what the official `cal_metrics` starts from. */
export type JudgedTasks = readonly { task: MmeTask; answers: readonly JudgedAnswer[] }[];

/** Scores and, for their intervals, the same scores on bootstrap draws. */
export interface MmeReport {
  scores: MmeResult;
  ofTask: ReadonlyMap<MmeTask, MmeDraws>;
  overall: { micro: MmeDraws; macro: MmeDraws };
}

export function mmeReport(tasks: JudgedTasks, model: string): MmeReport {
  const scores = scoreMmeEmotion({ tasks, model });
  const { alpha } = scores;
  const ofTask = new Map(
    tasks.map(({ task, answers }) => {
      return [task, mmeDraws(answers, mmeTask(task).parser, { alpha, seed: task })];
    }),
  );
  // The official Overall reads every task by the fraction parser.
  const all = tasks.flatMap(({ answers }) => answers);
  const micro = mmeDraws(all, "fraction", { alpha, seed: "micro" });
  return { scores, ofTask, overall: { micro, macro: macroDraws([...ofTask.values()]) } };
}

/**
 * Rows `{ground_truth, score}` of an official judged file, `.json` or `.jsonl`; `score` is the
 * judge's reply.
 * @throws BenchError `FIELD_MISSING` naming file and row; what the readers throw.
 */
export function readJudged(file: string): JudgedAnswer[] {
  const rows = file.endsWith(".jsonl")
    ? readGivenJsonl<Record<string, unknown>>(file, parsePythonJson)
    : readJson<Record<string, unknown>[]>(file, parsePythonJson);
  if (!Array.isArray(rows)) {
    throw new BenchError("DATA_SHAPE", "not a list of judged answers", { file });
  }
  return rows.map((row, index) => {
    const { ground_truth: groundTruth, score } = (row ?? {}) as Record<string, unknown>;
    if (typeof groundTruth === "string" && (typeof score === "string" || score === null)) {
      return { groundTruth, reply: score };
    }
    throw new BenchError("FIELD_MISSING", `row ${index + 1} lacks ground_truth or score`, {
      file,
      path: String(index),
      hint: `its fields: ${Object.keys(row ?? {}).join(", ")}; score is the judge's reply, or null`,
    });
  });
}

/** Answers that were judged elsewhere as a benchmark's result. */
export function judgedResult(
  tasks: JudgedTasks,
  model: string,
): { result: BenchmarkResult; scores: MmeResult } {
  const { scores, ofTask, overall } = mmeReport(tasks, model);
  const sets = scores.tasks.map(({ task, scores: mean, skipped }, index) => {
    const { length } = tasks[index]!.answers;
    const failures = { NO_SCORE: skipped.noReply };
    const counts = countsOf(length, length - skipped.noReply, skipped.unreadable, failures);
    return { name: task, metrics: mmeMetrics(mean, ofTask.get(task)!), counts };
  });
  const result: BenchmarkResult = {
    benchmark: "mme-emotion",
    model,
    sets,
    overall: mmeOverall(scores, overall, []),
    protocol: {
      name: "judged elsewhere",
      tools: { judge: "as stored" },
      settings: { alpha: scores.alpha },
    },
    notes: [...scores.notes],
  };
  return { result, scores };
}
