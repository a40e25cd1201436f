import { BenchError } from "../../core/errors.ts";
import { officialText } from "./official-text.ts";
import { type JudgedAnswer, type MmeScores, meanScores, tallyTask } from "./tally.ts";
import { type MmeTask, mmeTask, mmeTasks } from "./tasks.ts";

export interface MmeInput {
  tasks: readonly { task: MmeTask; answers: readonly JudgedAnswer[] }[];
  /** Weight of recognition in the CoT score. */
  alpha?: number;
  /** Name printed in the official texts. */
  model?: string;
}

export interface MmeTaskResult {
  task: MmeTask;
  scores: MmeScores;
  /** Judged answers that no denominator counts; the official code does not show them. */
  skipped: { noReply: number; unreadable: number };
  categories: Readonly<Record<string, MmeScores>>;
  /** What the official `cal_metrics` of the task writes. */
  text: string;
}

export interface MmeResult {
  alpha: number;
  tasks: readonly MmeTaskResult[];
  /**
   * Mean over samples of all tasks, fraction parser for all: the official Overall and the
   * leaderboard.
   */
  micro: MmeScores;
  /**
   * Plain mean over tasks of which something was judged, each by its own parser; `count` adds up.
   */
  macro: MmeScores;
  overallText: string;
  notes: readonly string[];
}

/**
 * MME-Emotion from judges' replies. Values are fractions, steps excepted.
 * @throws BenchError `TASKS_EMPTY`, `TASK_TWICE`, `ALPHA_RANGE`
 */
export function scoreMmeEmotion(input: MmeInput): MmeResult {
  const { tasks, alpha = 0.5, model = "model" } = input;
  check(tasks, alpha);
  const results = tasks.map(({ task, answers }) => scoreTask(task, answers, alpha, model));
  const all = tasks.flatMap(({ answers }) => answers);
  const overall = tallyTask(all, "fraction");
  return {
    alpha,
    tasks: results,
    micro: meanScores(overall.total, alpha),
    macro: macroMean(results.map(({ scores }) => scores).filter(({ count }) => count > 0)),
    overallText: officialText("Overall", overall, alpha, model),
    notes: notes(input, results),
  };
}

function scoreTask(
  task: MmeTask,
  answers: readonly JudgedAnswer[],
  alpha: number,
  model: string,
): MmeTaskResult {
  const { parser, rename } = mmeTask(task);
  const tally = tallyTask(answers, parser, rename);
  const categories = [...tally.categories].map(([name, one]) => [name, meanScores(one, alpha)]);
  return {
    task,
    scores: meanScores(tally.total, alpha),
    skipped: tally.skipped,
    categories: Object.fromEntries(categories),
    text: officialText(task, tally, alpha, model),
  };
}

function macroMean(scores: readonly MmeScores[]): MmeScores {
  const mean = (key: keyof MmeScores) =>
    scores.reduce((sum, score) => sum + score[key], 0) / Math.max(1, scores.length);
  return {
    recognition: mean("recognition"),
    reasoning: mean("reasoning"),
    cot: mean("cot"),
    steps: mean("steps"),
    count: scores.reduce((sum, score) => sum + score.count, 0),
  };
}

function check(tasks: MmeInput["tasks"], alpha: number): void {
  if (tasks.length === 0) {
    throw new BenchError("TASKS_EMPTY", "there is no task to score", {
      hint: `tasks: ${mmeTasks.map(({ id }) => id).join(", ")}`,
    });
  }
  const twice = tasks.find(({ task }, index) => tasks.findIndex((t) => t.task === task) < index);
  if (twice) throw new BenchError("TASK_TWICE", `task '${twice.task}' is given twice`);
  if (!(alpha >= 0 && alpha <= 1)) {
    throw new BenchError("ALPHA_RANGE", `alpha is ${alpha}`, { hint: "0 to 1; official is 0.5" });
  }
}

function notes({ tasks }: MmeInput, results: readonly MmeTaskResult[]): string[] {
  const found = [
    "The official audio clues were written with the true label at hand, so the judge's evidence leaks it.",
  ];
  for (const { task, skipped } of results) {
    const count = skipped.noReply + skipped.unreadable;
    if (count === 0) continue;
    found.push(
      `${task}: ${skipped.noReply} answers without judgement and ${skipped.unreadable} with an unreadable one are left out of the denominator, as officially.`,
    );
  }
  for (const { task, answers } of tasks) {
    const { n } = mmeTask(task);
    if (answers.length !== n)
      found.push(`${task}: ${answers.length} answers where the task has ${n}.`);
  }
  for (const { task, scores } of results) {
    if (scores.count === 0)
      found.push(`${task}: no answer was judged, so macro leaves the task out.`);
  }
  if (tasks.length < mmeTasks.length) {
    found.push("Not all eight tasks: micro and macro are over the tasks given.");
  }
  return found;
}
