import { answerNotes } from "../../ask/answer-notes.ts";
import type { Asked } from "../../ask/ask.ts";
import { filePrint } from "../../ask/file-print.ts";
import { type BenchmarkResult, countsOf, type SetResult } from "../../ask/result.ts";
import { runStage } from "../../ask/stage.ts";
import { totalUsage } from "../../ask/usage.ts";
import type { Answered, Session } from "../../port.ts";
import type { MmeResult } from "../score.ts";
import type { JudgedAnswer } from "../tally.ts";
import type { MmeTask } from "../tasks.ts";
import { clueMissing, type Judgement, type JudgeTools, judgeAnswer } from "./judge.ts";
import { type MmeReport, mmeReport } from "./judged.ts";
import { mmeMetrics, mmeOverall } from "./metrics.ts";
import { mmePromptsHash } from "./prompts.ts";
import { type MmeQuestion, mmeQuestionId } from "./task-set.ts";

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

interface Judged {
  question: MmeQuestion;
  text: string;
  judgement: Judgement;
}

/** Extracts steps, judges and scores. A question without answer is no judged answer at all. */
export async function judgeMme(
  questions: readonly MmeQuestion[],
  answered: Answered,
  tools: JudgeTools,
  session: Session,
): Promise<MmeRun> {
  const { asked } = answered;
  const judged = await judgeAll(questions, asked, tools, session);
  const tasks = [...new Set(questions.map(({ task }) => task))];
  const report = mmeReport(
    tasks.map((task) => ({ task, answers: judgedAnswers(judged, task) })),
    answered.model,
  );
  const sets = tasks.map((task) => setResult(task, questions, asked, judged, report));
  const result = resultOf(answered, tools, sets, judged, report, session);
  const rows = tasks.map((task) => [task, officialRows(judged, task)] as const);
  return { result, texts: officialTexts(report.scores), judged: Object.fromEntries(rows) };
}

function setResult(
  task: MmeTask,
  questions: readonly MmeQuestion[],
  asked: Asked,
  all: readonly Judged[],
  { scores, ofTask }: MmeReport,
): SetResult {
  const own = questions.filter((question) => question.task === task);
  const judged = all.filter(({ question }) => question.task === task);
  const codes = [
    ...own.flatMap((question) => asked.failures.get(mmeQuestionId(question))?.code ?? []),
    ...judged.flatMap(({ judgement }) => judgement.failure ?? []),
  ];
  const failures: Record<string, number> = {};
  for (const code of codes) failures[code] = (failures[code] ?? 0) + 1;
  const replies = judged.filter(({ judgement }) => judgement.reply !== null).length;
  const { scores: mean, skipped } = scores.tasks.find((one) => one.task === task)!;
  const counts = countsOf(own.length, replies, skipped.unreadable, failures);
  return { name: task, metrics: mmeMetrics(mean, ofTask.get(task)!), counts };
}

function resultOf(
  { model, asked, settings }: Answered,
  tools: JudgeTools,
  sets: SetResult[],
  judged: readonly Judged[],
  { scores, overall }: MmeReport,
  { prices }: Session,
): BenchmarkResult {
  const answers = [...asked.answers.values()];
  const usage = totalUsage(
    answers,
    judged.map(({ judgement }) => judgement.usage),
    prices,
  );
  return {
    benchmark: "mme-emotion",
    model,
    sets,
    overall: mmeOverall(
      scores,
      overall,
      answers.map((answer) => answer.usage),
    ),
    protocol: {
      name: "official steps, own prompts",
      promptsHash: mmePromptsHash,
      tools: { steps: tools.steps.id, judge: tools.judge.id },
      settings: { alpha: scores.alpha, ...settings },
    },
    notes: [...scores.notes, ...stepNotes(judged), ...answerNotes(answers)],
    ...(usage !== undefined && { usage }),
  };
}

async function judgeAll(
  questions: readonly MmeQuestion[],
  { answers }: Asked,
  tools: JudgeTools,
  session: Session,
): Promise<Judged[]> {
  const items = questions.flatMap((question) => {
    const text = answers.get(mmeQuestionId(question))?.text;
    if (text === undefined) return [];
    const { label, audioClue = null, video } = question;
    const content = { text, label, audioClue, video: filePrint(video), prompts: mmePromptsHash };
    return [{ id: mmeQuestionId(question), content, question, text }];
  });
  const judgements = await runStage(
    {
      step: "judge",
      work: ({ question, text }, again) => judgeAnswer(question, text, tools, again),
      failure: ({ failure }: Judgement) =>
        failure === undefined || failure === clueMissing ? undefined : { code: failure },
      idle: ({ failure }) => failure === clueMissing,
      rows: session.rows<Judgement>("judged"),
    },
    items,
    session.stage,
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
