import { bootstrap } from "../../../core/stats.ts";
import { type MmeResult, scoreMmeEmotion } from "../../mme-emotion/score.ts";
import { parseSteps, sampleScore } from "../../mme-emotion/score-string.ts";
import type { JudgedAnswer, MmeScores } from "../../mme-emotion/tally.ts";
import { type MmeTask, mmeTask } from "../../mme-emotion/tasks.ts";
import { answerNotes } from "../answer-notes.ts";
import { type AskOptions, askAll } from "../ask.ts";
import type { Journal } from "../journal.ts";
import { countsOf } from "../mer-unibench/run.ts";
import type { Responder } from "../port.ts";
import type { BenchmarkResult, MetricResult, SetResult } from "../result.ts";
import { runStage } from "../stage.ts";
import { type Prices, totalUsage } from "../usage.ts";
import { type Judgement, type JudgeTools, judgeAnswer } from "./judge.ts";
import { mmePromptsHash } from "./prompts.ts";
import { type MmeQuestion, mmeQuestionId, mmeQuestions } from "./task-set.ts";

export interface MmeRun {
  result: BenchmarkResult;
  /** The official report of each task and of Overall, byte for byte. */
  texts: Readonly<Record<string, string>>;
}

export interface MmeRunOptions extends AskOptions {
  prices?: Prices;
  settings?: BenchmarkResult["protocol"]["settings"];
  notes?: readonly string[];
}

interface Judged {
  question: MmeQuestion;
  judgement: Judgement;
}

/** Asks, extracts steps, judges and scores. A question without answer is no judged answer at all. */
export async function runMme(
  questions: readonly MmeQuestion[],
  responder: Responder,
  tools: JudgeTools,
  journal: Journal,
  options: MmeRunOptions,
): Promise<MmeRun> {
  const asked = await askAll(mmeQuestions(questions), responder, journal, options);
  const answered = questions.filter((question) => asked.answers.has(mmeQuestionId(question)));
  const judged = await runStage(
    "judge",
    answered,
    async (question): Promise<Judged> => {
      const { text } = asked.answers.get(mmeQuestionId(question))!;
      return { question, judgement: await judgeAnswer(question, text, tools) };
    },
    options,
  );
  const tasks = [...new Set(questions.map(({ task }) => task))];
  const scores = scoreMmeEmotion({
    tasks: tasks.map((task) => ({ task, answers: judgedAnswers(judged, task) })),
    model: responder.id,
  });
  const sets = tasks.map((task): SetResult => {
    const own = judged.filter(({ question }) => question.task === task);
    const failures: Record<string, number> = {};
    const add = (code: string) => {
      failures[code] = (failures[code] ?? 0) + 1;
    };
    for (const question of questions) {
      const failure = asked.failures.get(mmeQuestionId(question));
      if (question.task === task && failure) add(failure.code);
    }
    for (const { judgement } of own) if (judgement.failure !== undefined) add(judgement.failure);
    const total = questions.filter((question) => question.task === task).length;
    const replies = own.filter(({ judgement }) => judgement.reply !== null).length;
    const { scores: mean, skipped } = scores.tasks.find((one) => one.task === task)!;
    const counts = countsOf(total, replies, skipped.unreadable, failures);
    return { name: task, metrics: metricsOf(mean, recognitionInterval(task, judged)), counts };
  });
  const usage = totalUsage(
    asked.answers.values(),
    judged.map(({ judgement }) => judgement.usage),
    options.prices,
  );
  const result: BenchmarkResult = {
    benchmark: "mme-emotion",
    model: responder.id,
    sets,
    overall: [...overall(scores.micro, "micro"), ...overall(scores.macro, "macro")],
    protocol: {
      name: "official steps, own prompts",
      promptsHash: mmePromptsHash,
      tools: { steps: tools.steps.id, judge: tools.judge.id },
      settings: { alpha: scores.alpha, ...options.settings },
    },
    notes: [
      ...scores.notes,
      ...stepNotes(judged),
      ...answerNotes(asked.answers.values()),
      ...(options.notes ?? []),
    ],
    ...(usage !== undefined && { usage }),
  };
  return { result, texts: officialTexts(scores) };
}

/** A missing clue removes the sample before judging, as officially. */
function judgedAnswers(judged: readonly Judged[], task: MmeTask): JudgedAnswer[] {
  return judged
    .filter(({ question }) => question.task === task)
    .filter(({ judgement }) => judgement.failure !== "AUDIO_CLUE_MISSING")
    .map(({ question, judgement }) => ({ groundTruth: question.label, reply: judgement.reply }));
}

function recognitionInterval(task: MmeTask, judged: readonly Judged[]) {
  const { parser } = mmeTask(task);
  const values = judgedAnswers(judged, task).flatMap(({ reply }) => {
    const steps = parseSteps(reply, parser);
    return steps === null || steps.length === 0 ? [] : [sampleScore(steps)];
  });
  const interval = bootstrap(
    values.length,
    (drawn) => {
      let total = 0;
      for (const at of drawn) total += values[at]!.recognition + values[at]!.reasoning;
      return (100 * total) / (2 * drawn.length);
    },
    { seed: `mme-emotion/${task}` },
  );
  const finite = (value: number) => (Number.isFinite(value) ? value : null);
  return { low: finite(interval.low), high: finite(interval.high), n: values.length };
}

/** The CoT score first; the interval is its own. */
function metricsOf(
  scores: MmeScores,
  interval: { low: number | null; high: number | null; n: number },
): MetricResult[] {
  const percent = (id: string, label: string, value: number): MetricResult => ({
    id,
    label,
    value: scores.count === 0 ? null : 100 * value,
    unit: "percent",
    better: "higher",
  });
  return [
    { ...percent("cot", "CoT", scores.cot), ...interval },
    percent("recognition", "recognition", scores.recognition),
    percent("reasoning", "reasoning", scores.reasoning),
    {
      id: "steps",
      label: "steps",
      value: scores.count === 0 ? null : scores.steps,
      unit: "count",
      better: "neither",
    },
  ];
}

function overall(scores: MmeScores, name: "micro" | "macro"): MetricResult[] {
  const none = { low: null, high: null, n: scores.count };
  return metricsOf(scores, none).map(({ low: _low, high: _high, ...metric }) => ({
    ...metric,
    id: `${metric.id}-${name}`,
    label: `${metric.label}, ${name}`,
  }));
}

function stepNotes(judged: readonly Judged[]): string[] {
  const failed = judged.filter(({ judgement }) => judgement.stepsFailed).length;
  if (failed === 0) return [];
  return [`${failed} answers were judged without extracted steps, as officially.`];
}

const officialTexts = (scores: MmeResult): Record<string, string> => ({
  ...Object.fromEntries(scores.tasks.map(({ task, text }) => [task, text])),
  Overall: scores.overallText,
});
