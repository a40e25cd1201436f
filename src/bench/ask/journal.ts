import { BenchError } from "../../core/errors.ts";
import { canonicalJson, sha256 } from "../../core/files.ts";
import { openKeyedLog, type RowReader } from "../../core/row-log.ts";
import { filePrint } from "./file-print.ts";
import type { Answer, Question } from "./port.ts";

/** Results on disk by id, appended one by one as they are made; failed ones among them. */
export interface Journal<Result> {
  /** The result of an id, if it was made from the same content (`key`). The newest one counts. */
  find(id: string, key: string): Result | undefined;
  add(id: string, key: string, result: Result): void;
}

/** What became of one question: its answer, or why there is none. */
export type AskedResult =
  | { answer: Omit<Answer, "attempts">; attempts: number }
  | { error: { code: string; message: string } };

interface Row {
  id: string;
  key: string;
}

const readRow =
  <Result>(): RowReader<Row & Result> =>
  (value, place) => {
    const row = value as (Row & Result) | null;
    if (typeof row?.id === "string" && typeof row.key === "string") return row;
    throw new BenchError("JOURNAL_ROW", "not a journal row", {
      ...place,
      hint: "delete the line, or the file: what it held is made again",
    });
  };

/** Rows `{id, key, result}`. @throws BenchError `JOURNAL_ROW` for a row of another kind. */
export function openJournal<Result>(file: string): Journal<Result> {
  const rows = openKeyedLog<Row & { result: Result }>(file, ({ id }) => id, readRow());
  return {
    find(id, key) {
      const row = rows.get(id);
      return row?.key === key ? row.result : undefined;
    },
    add: (id, key, result) => rows.add({ id, key, result }),
  };
}

/** Rows `{id, key, answer, attempts}` or `{id, key, error}`. @throws as `openJournal`. */
export function openAnswers(file: string): Journal<AskedResult> {
  const rows = openKeyedLog<Row & AskedResult>(file, ({ id }) => id, readRow());
  return {
    find(id, key) {
      const row = rows.get(id);
      return row?.key === key ? row : undefined;
    },
    add: (id, key, result) => rows.add({ id, key, ...result }),
  };
}

/** Content address of what a result depends on. */
export const contentKey = (content: unknown): string => sha256(canonicalJson(content)).slice(0, 32);

/**
 * What an answer depends on. Where the question's clips lie does not matter, what is in them does.
 */
export function questionContent({ id, media, prompt, maxTokens }: Question): unknown {
  const print = (file: string | undefined) => (file === undefined ? null : filePrint(file));
  return { id, prompt, maxTokens, video: print(media.video), audio: print(media.audio) };
}
