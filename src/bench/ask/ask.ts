import pLimit from "p-limit";
import { OppoError } from "../../core/errors.ts";
import { type ProgressListener, silent } from "../../core/progress.ts";
import { AnswerGuard, type GuardOptions } from "./guards.ts";
import { isHopeless } from "./hopeless.ts";
import type { Journal, JournalRow } from "./journal.ts";
import { questionKey } from "./journal.ts";
import type { Answer, Question, Responder } from "./port.ts";

export interface AskOptions extends GuardOptions {
  /** Questions under way at once. */
  concurrency: number;
  /** Ask again what failed in an earlier run. */
  retryFailed?: boolean;
  progress?: ProgressListener;
  /** In place of the benchmark's own limit on an answer. */
  maxTokens?: number;
  /** Name of the step in progress reports. */
  step?: string;
}

/** Every question is in exactly one of the two. */
export interface Asked {
  /** By question id, in the questions' order. */
  answers: Map<string, Omit<Answer, "attempts">>;
  failures: Map<string, { code: string; message: string }>;
}

/**
 * Asks what the journal does not know yet, and writes each outcome down at once. A failure is recorded
 * and counted, and the others go on.
 * @throws GuardError where all answers, or all failures, are alike; the EndpointError of a wrong key or
 *   model name; whatever is no OppoError.
 */
export async function askAll(
  all: readonly Question[],
  responder: Responder,
  journal: Journal,
  options: AskOptions,
): Promise<Asked> {
  const { maxTokens } = options;
  const questions = maxTokens === undefined ? all : all.map((one) => ({ ...one, maxTokens }));
  const { concurrency, retryFailed = false, progress = silent, step = "ask" } = options;
  const guard = new AnswerGuard(options);
  const rows = new Map<string, JournalRow>();
  const open: Question[] = [];
  for (const question of questions) {
    const row = journal.find(question);
    if (row === undefined || ("error" in row && retryFailed)) open.push(question);
    else rows.set(question.id, row);
    if (row && "answer" in row) guard.answer(question, row.answer.text);
  }
  const report = () =>
    progress({ step, done: rows.size, total: questions.length, values: counts(rows) });
  report();
  const limit = pLimit({ concurrency, rejectOnClear: true });
  const tasks = open.map((question) =>
    limit(async () => {
      const row = await ask(question, responder);
      journal.add(row);
      rows.set(question.id, row);
      if ("answer" in row) guard.answer(question, row.answer.text);
      else guard.failure(row.error);
      report();
    }),
  );
  try {
    await Promise.all(tasks);
  } catch (error) {
    limit.clearQueue();
    await Promise.allSettled(tasks);
    throw error;
  }
  const asked = sorted(questions, rows);
  guard.end(questions.length, [...asked.failures.values()]);
  return asked;
}

async function ask(question: Question, responder: Responder): Promise<JournalRow> {
  const { id } = question;
  try {
    const { attempts, ...answer } = await responder.respond(question);
    return { id, key: questionKey(question), answer, attempts };
  } catch (error) {
    if (!(error instanceof OppoError) || isHopeless(error)) throw error;
    const { code, message } = error;
    return { id, key: questionKey(question), error: { code, message } };
  }
}

function sorted(questions: readonly Question[], rows: ReadonlyMap<string, JournalRow>): Asked {
  const asked: Asked = { answers: new Map(), failures: new Map() };
  for (const { id } of questions) {
    const row = rows.get(id)!;
    if ("answer" in row) asked.answers.set(id, row.answer);
    else asked.failures.set(id, row.error);
  }
  return asked;
}

function counts(rows: ReadonlyMap<string, JournalRow>): Record<string, string> {
  const failed = [...rows.values()].filter((row) => "error" in row).length;
  return failed === 0 ? {} : { failed: String(failed) };
}
