import { answerNotes } from "../../ask/answer-notes.ts";
import { type Asked, type AskOptions, askAll } from "../../ask/ask.ts";
import { filePrint } from "../../ask/file-print.ts";
import type { Journal } from "../../ask/journal.ts";
import type { Responder } from "../../ask/port.ts";
import { type BenchmarkResult, countsOf, type SetResult } from "../../ask/result.ts";
import type { RowFile } from "../../ask/row-file.ts";
import { runStage, type StageRow } from "../../ask/stage.ts";
import { type Prices, totalUsage } from "../../ask/usage.ts";
import type { MmeResult } from "../score.ts";
import type { JudgedAnswer } from "../tally.ts";
import type { MmeTask } from "../tasks.ts";
import { clueMissing, type Judgement, type JudgeTools, judgeAnswer } from "./judge.ts";
import { mmeReport } from "./judged.ts";
import { mmeMetrics, mmeOverall } from "./metrics.ts";
import { mmePromptsHash } from "./prompts.ts";
import { type MmeQuestion, mmeQuestionId, mmeQuestions } from "./task-set.ts";

export interface MmeRun {
  result: BenchmarkResult;
  /** The official report of each task and of Overall, byte for byte. */
  texts: Readonly<Record<string, string>>;
  /** Rows of each task as the official `cal_metrics` reads them. */
  judged: Readonly<Record<string, readonly OfficialRow[]>>;
}

/** One judged answer in the official files' fields. */
export interface OfficialRow {
  video_id: string;
  ground_truth: string;
  model_response: string;
  step: string;
  score: string | null;
}

export interface MmeRunOptions extends AskOptions {
  prices?: Prices;
  settings?: BenchmarkResult["protocol"]["settings"];
  notes?: readonly string[];
  /** Keeps judgements: a run that is started again gives the same ones. */
  judgements?: RowFile<StageRow<Judgement>>;
  /** `guardAfter` of the judge; that of the model under test where not given. */
  judgeGuardAfter?: number;
}

interface Judged {
  question: MmeQuestion;
  text: string;
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
  const judged = await judgeAll(answered, asked, tools, options);
  const tasks = [...new Set(questions.map(({ task }) => task))];
  const judgedTasks = tasks.map((task) => ({ task, answers: judgedAnswers(judged, task) }));
  const { scores, ofTask, overall } = mmeReport(judgedTasks, responder.id);
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
    return { name: task, metrics: mmeMetrics(mean, ofTask.get(task)!), counts };
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
    overall: mmeOverall(
      scores,
      overall,
      [...asked.answers.values()].map((answer) => answer.usage),
    ),
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
  const rows = tasks.map((task) => [task, officialRows(judged, task)] as const);
  return { result, texts: officialTexts(scores), judged: Object.fromEntries(rows) };
}

async function judgeAll(
  questions: readonly MmeQuestion[],
  { answers }: Asked,
  tools: JudgeTools,
  options: MmeRunOptions,
): Promise<Judged[]> {
  const items = questions.map((question) => {
    const { text } = answers.get(mmeQuestionId(question))!;
    const { label, audioClue = null, video } = question;
    const content = { text, label, audioClue, video: filePrint(video), prompts: mmePromptsHash };
    return { id: mmeQuestionId(question), content, question, text };
  });
  const { judgements: rows, judgeGuardAfter = options.guardAfter } = options;
  const judgements = await runStage(
    {
      step: "judge",
      work: ({ question, text }, again) => judgeAnswer(question, text, tools, again),
      failure: ({ failure }: Judgement) =>
        failure === undefined || failure === clueMissing ? undefined : { code: failure },
      idle: ({ failure }) => failure === clueMissing,
      ...(rows !== undefined && { rows }),
    },
    items,
    { ...options, ...(judgeGuardAfter !== undefined && { guardAfter: judgeGuardAfter }) },
  );
  return items.map(({ question, text }, i) => ({ question, text, judgement: judgements[i]! }));
}

/** A missing clue removes the sample before judging, as officially. */
function judgedAnswers(judged: readonly Judged[], task: MmeTask): JudgedAnswer[] {
  return judged
    .filter(({ question }) => question.task === task)
    .filter(({ judgement }) => judgement.failure !== clueMissing)
    .map(({ question, judgement }) => ({ groundTruth: question.label, reply: judgement.reply }));
}

const officialRows = (judged: readonly Judged[], task: MmeTask): OfficialRow[] =>
  judged
    .filter(
      ({ question, judgement }) => question.task === task && judgement.failure !== clueMissing,
    )
    .map(({ question, text, judgement }) => ({
      video_id: question.id,
      ground_truth: question.label,
      model_response: text,
      step: judgement.steps ?? "",
      score: judgement.reply,
    }));

function stepNotes(judged: readonly Judged[]): string[] {
  const failed = judged.filter(({ judgement }) => judgement.stepsFailed).length;
  const deaf = judged.filter(({ judgement }) => judgement.failure === clueMissing).length;
  return [
    ...(failed > 0
      ? [`${failed} answers were judged without extracted steps, as officially.`]
      : []),
    ...(deaf > 0
      ? [
          `${deaf} answers were not judged, for their clips have no audio clue: dropped, as officially.`,
        ]
      : []),
  ];
}

const officialTexts = (scores: MmeResult): Record<string, string> => ({
  ...Object.fromEntries(scores.tasks.map(({ task, text }) => [task, text])),
  Overall: scores.overallText,
});
