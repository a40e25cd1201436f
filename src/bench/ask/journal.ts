import { canonicalJson, sha256 } from "../../core/files.ts";
import { filePrint } from "./file-print.ts";
import type { Answer, Question } from "./port.ts";
import { RowFile } from "./row-file.ts";

/** One asked question: its answer, or why there is none. */
export type JournalRow = { id: string; key: string } & (
  | { answer: Omit<Answer, "attempts">; attempts: number }
  | { error: { code: string; message: string } }
);

/** Answers on disk, appended one by one. Rows of a question that has changed since are not used. */
export class Journal {
  readonly #rows: RowFile<JournalRow>;

  /** @throws BenchError `JOURNAL_ROW` for a row of another kind. */
  constructor(file: string) {
    this.#rows = new RowFile(file);
  }

  /** What is known about a question as it is now asked. */
  find(question: Question): JournalRow | undefined {
    return this.#rows.find(question.id, questionKey(question));
  }

  add(row: JournalRow): void {
    this.#rows.add(row);
  }
}

/** Content address of a question. Where its clips lie does not matter, what is in them does. */
export function questionKey({ id, media, prompt, maxTokens }: Question): string {
  const print = (file: string | undefined) => (file === undefined ? null : filePrint(file));
  const content = { id, prompt, maxTokens, video: print(media.video), audio: print(media.audio) };
  return sha256(canonicalJson(content)).slice(0, 32);
}
