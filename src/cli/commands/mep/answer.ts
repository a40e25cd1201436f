import { existsSync } from "node:fs";
import type { MepAnswer } from "../../../bench/mep/score.ts";
import type { Question, Responder } from "../../../bench/run/port.ts";
import { OppoError, RunError } from "../../../core/errors.ts";
import { canonicalJson, readJson, sha256, writeJson } from "../../../core/files.ts";
import { appendJsonl, readJsonl, writeJsonl } from "../../../core/jsonl.ts";
import type { ProgressListener } from "../../../core/progress.ts";

/** A line of the journal: an answer, or why there is none. */
interface JournalRow {
  id: string;
  text?: string;
  error?: string;
}

/**
 * Asks what was not asked yet, one after the other, and keeps every answer in a journal: killed and started
 * again it goes on where it was. A question that fails is recorded and asked again by the next call.
 * @throws RunError `BENCH_RUN_DIFFERS` when the journal belongs to another model or other questions.
 */
export async function answerQuestions(
  questions: readonly Question[],
  responder: Responder,
  journal: string,
  progress: ProgressListener,
): Promise<MepAnswer[]> {
  // Media paths may differ between machines; what is asked may not.
  const asked = questions.map(({ id, prompt, subtitle }) => [id, prompt, subtitle ?? ""]);
  refuseOther(`${journal}.json`, { model: responder.id, questions: sha256(canonicalJson(asked)) });
  const rows = existsSync(journal) ? readJsonl<JournalRow>(journal) : [];
  const answers = new Map(
    rows.flatMap(({ id, text }) => (text === undefined ? [] : [[id, text] as const])),
  );
  // A kill may have cut the last line; appending to it would spoil the next one too.
  writeJsonl(journal, rows);
  const left = questions.filter(({ id }) => !answers.has(id));
  let done = questions.length - left.length;
  for (const question of left) {
    const row = await ask(question, responder);
    appendJsonl(journal, [row]);
    if (row.text !== undefined) answers.set(row.id, row.text);
    done++;
    progress({ step: "ask", done, total: questions.length });
  }
  return [...answers].map(([id, text]) => ({ id, text }));
}

async function ask(question: Question, responder: Responder): Promise<JournalRow> {
  try {
    return { id: question.id, text: (await responder.respond(question)).text };
  } catch (error) {
    if (error instanceof OppoError) return { id: question.id, error: error.message };
    throw error;
  }
}

function refuseOther(file: string, run: { model: string; questions: string }): void {
  if (!existsSync(file)) {
    writeJson(file, run);
    return;
  }
  if (canonicalJson(readJson(file)) === canonicalJson(run)) return;
  throw new RunError(
    "BENCH_RUN_DIFFERS",
    "answers of another model or to other questions lie here",
    {
      file,
      hint: "choose another --out folder",
    },
  );
}
