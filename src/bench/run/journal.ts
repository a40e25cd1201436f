import { existsSync, readFileSync, statSync } from "node:fs";
import { BenchError } from "../../core/errors.ts";
import { canonicalJson, sha256 } from "../../core/files.ts";
import { appendJsonl, readJsonl, writeJsonl } from "../../core/jsonl.ts";
import type { Answer, Question } from "./port.ts";

/** One asked question: its answer, or why there is none. The newest row of an id counts. */
export type JournalRow = { id: string; key: string } & (
  | { answer: Omit<Answer, "attempts">; attempts: number }
  | { error: { code: string; message: string } }
);

/** Answers on disk, appended one by one. Rows of a question that has changed since are not used. */
export class Journal {
  readonly #file: string;
  readonly #rows = new Map<string, JournalRow>();

  /** @throws BenchError `JOURNAL_ROW` for a row of another kind. */
  constructor(file: string) {
    this.#file = file;
    if (!existsSync(file)) return;
    const rows = readJsonl<JournalRow>(file);
    // A killed run may leave a cut line; appending to it would spoil the next row as well.
    if (!readFileSync(file, "utf8").endsWith("\n")) writeJsonl(file, rows);
    for (const [index, row] of rows.entries()) {
      if (typeof row?.id === "string" && typeof row.key === "string") this.#rows.set(row.id, row);
      else throw new BenchError("JOURNAL_ROW", "not a journal row", { file, line: index + 1 });
    }
  }

  /** What is known about a question as it is now asked. */
  find(question: Question): JournalRow | undefined {
    const row = this.#rows.get(question.id);
    return row?.key === questionKey(question) ? row : undefined;
  }

  add(row: JournalRow): void {
    this.#rows.set(row.id, row);
    appendJsonl(this.#file, [row]);
  }
}

/** Content address of a question. Clips count by path and size: hashing every film would take hours. */
export function questionKey({ id, media, prompt, maxTokens }: Question): string {
  const size = (file: string | undefined) =>
    file === undefined ? null : [file, statSync(file, { throwIfNoEntry: false })?.size ?? null];
  const content = { id, prompt, maxTokens, video: size(media.video), audio: size(media.audio) };
  return sha256(canonicalJson(content)).slice(0, 32);
}
