import { basename } from "node:path";
import { BenchError } from "../../core/errors.ts";
import { canonicalJson, readJson, sha256 } from "../../core/files.ts";
import { readGivenJsonl } from "../../core/jsonl.ts";
import type { Question, Responder } from "./port.ts";

/** Answers made elsewhere, by question id. */
export type StoredAnswers = ReadonlyMap<string, string>;

/**
 * Reads answers from JSONL rows `{id, text}` (also `name`, `video_id`; `response`,
 * `model_response`, `reason`, `answer`), or from a JSON list of them.
 * @throws BenchError `PREDICTION_ROW` with file and line, `PREDICTION_TWICE`.
 */
export function readStoredAnswers(file: string): StoredAnswers {
  const answers = new Map<string, string>();
  for (const [index, row] of answerRows(file).entries()) {
    const id = row.id ?? row.name ?? row.video_id;
    const text = row.text ?? row.response ?? row.model_response ?? row.reason ?? row.answer;
    const place = { file, line: index + 1 };
    if (typeof id !== "string" || typeof text !== "string") {
      throw new BenchError("PREDICTION_ROW", "row has no id, or no text", {
        ...place,
        hint: 'write one {"id": …, "text": …} a line',
      });
    }
    if (answers.has(id)) {
      throw new BenchError("PREDICTION_TWICE", `'${id}' is answered twice`, place);
    }
    answers.set(id, text);
  }
  return answers;
}

function answerRows(file: string): Record<string, unknown>[] {
  if (!file.endsWith(".json")) return readGivenJsonl(file);
  const rows = readJson<Record<string, unknown>[]>(file);
  if (Array.isArray(rows)) return rows;
  throw new BenchError("PREDICTION_ROW", "not a list of answers", {
    file,
    hint: 'write [{"id": …, "text": …}, …]',
  });
}

/**
 * Stored answers as a model under test: nothing is asked of anyone. `all` are the ids of the whole
 * benchmark, where only a part of it is asked: answers to the rest are no mistake.
 * @throws BenchError `PREDICTIONS_MISSING`, `PREDICTIONS_EXTRA` naming the ids.
 */
export function storedResponder(
  file: string,
  answers: StoredAnswers,
  questions: readonly Question[],
  all?: readonly string[],
): Responder {
  checkIds(
    file,
    questions.map(({ id }) => id),
    answers,
    all,
  );
  return {
    // With their content: other answers under the same name are another model.
    id: `answers of ${basename(file)} (${sha256(canonicalJson([...answers])).slice(0, 8)})`,
    async respond({ id }) {
      return { text: answers.get(id)!, finish: "stop", attempts: 0 };
    },
  };
}

/** @throws BenchError `PREDICTIONS_MISSING`, `PREDICTIONS_EXTRA` naming the first ids. */
export function checkIds(
  file: string,
  asked: readonly string[],
  answers: ReadonlyMap<string, unknown>,
  all: readonly string[] = asked,
): void {
  const missing = asked.filter((id) => !answers.has(id));
  if (missing.length > 0) {
    const message = `${missing.length} of ${asked.length} questions have no answer: ${some(missing)}`;
    throw new BenchError("PREDICTIONS_MISSING", message, { file });
  }
  const known = new Set(all);
  const extra = [...answers.keys()].filter((id) => !known.has(id));
  if (extra.length > 0) {
    throw new BenchError(
      "PREDICTIONS_EXTRA",
      `${extra.length} answers belong to no question: ${some(extra)}`,
      { file, hint: "is this the right data set, and the same --limit and --sample?" },
    );
  }
}

const some = (ids: readonly string[]): string =>
  ids.length > 5 ? `${ids.slice(0, 5).join(", ")}, …` : ids.join(", ");
