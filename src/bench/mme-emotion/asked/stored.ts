import { join } from "node:path";
import { BenchError } from "../../../core/errors.ts";
import { sha256 } from "../../../core/files.ts";
import { readStoredAnswers } from "../../ask/stored-responder.ts";
import type { Outcome } from "../../port.ts";
import { judgedResult, readJudged } from "./judged.ts";
import { needTask, taskFile } from "./task-files.ts";
import { type MmeQuestion, mmeQuestionId } from "./task-set.ts";

/** Scores answers that were judged elsewhere; neither data nor judge are needed. */
export function scoreJudged(entries: readonly string[]): Outcome {
  const files = entries.map(taskFile);
  const tasks = files.map((file) => ({ task: needTask(file), answers: readJudged(file.file) }));
  const content = sha256(JSON.stringify(tasks)).slice(0, 8);
  const { result, scores } = judgedResult(tasks, `judged answers (${content})`);
  const texts = scores.tasks.map(({ task, text }) => [join("official", `${task}.txt`), text]);
  const overall = [join("official", "Overall.txt"), scores.overallText];
  return { results: [result], files: Object.fromEntries([...texts, overall]) };
}

/**
 * Answers by question id. An id may stand bare, without its task, as in official files, where the
 * file's name tells the task or no other task has such a clip.
 * @throws BenchError `PREDICTION_TASK` for a bare id of several tasks, `PREDICTION_TWICE`.
 */
export function storedMmeAnswers(
  entries: readonly string[],
  questions: readonly MmeQuestion[],
): Map<string, string> {
  const answers = new Map<string, string>();
  for (const { file, task } of entries.map(taskFile)) {
    const own = task === undefined ? questions : questions.filter((one) => one.task === task);
    const byId = new Map<string, MmeQuestion[]>();
    for (const one of own) byId.set(one.id, [...(byId.get(one.id) ?? []), one]);
    const whole = new Set(own.map(mmeQuestionId));
    for (const [id, text] of readStoredAnswers(file)) {
      const known = whole.has(id) ? [id] : (byId.get(id) ?? []).map(mmeQuestionId);
      if (known.length > 1) {
        throw new BenchError("PREDICTION_TASK", `'${id}' is a clip of ${known.join(" and ")}`, {
          file,
          hint: "write task=file, or ids as <task>/<video_id>",
        });
      }
      const key = known[0] ?? id;
      if (answers.has(key)) {
        throw new BenchError("PREDICTION_TWICE", `'${key}' is answered twice`, { file });
      }
      answers.set(key, text);
    }
  }
  return answers;
}
