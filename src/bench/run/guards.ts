import { GuardError } from "../../core/errors.ts";
import type { Question } from "./port.ts";

export interface GuardOptions {
  /** Look once so many answers are there; 0 turns the guards off. */
  guardAfter?: number;
}

/** Short answers (yes, no) may rightly be alike. */
const longAnswerTokens = 64;

/**
 * Stops a run that measures nothing: a server that answers nothing, always the same, or only with errors.
 * A mistaken chat template or a model that gets no media does that, and scores look merely low.
 */
export class AnswerGuard {
  readonly #after: number;
  #answers = 0;
  #empty = 0;
  readonly #long: string[] = [];
  #failuresInARow = 0;

  constructor({ guardAfter = 20 }: GuardOptions) {
    this.#after = guardAfter;
  }

  /** @throws GuardError `ANSWERS_EMPTY`, `ANSWERS_IDENTICAL`. */
  answer({ maxTokens }: Question, text: string): void {
    this.#failuresInARow = 0;
    this.#answers++;
    if (text.trim() === "") this.#empty++;
    if (maxTokens >= longAnswerTokens) this.#long.push(text.trim());
    if (this.#after === 0) return;
    if (this.#answers === this.#after && this.#empty === this.#answers) {
      throw new GuardError("ANSWERS_EMPTY", `the first ${this.#answers} answers are all empty`, {
        hint: "check chat template and token limit; --no-guard goes on all the same",
      });
    }
    if (this.#long.length === this.#after && new Set(this.#long).size === 1) {
      throw new GuardError(
        "ANSWERS_IDENTICAL",
        `the first ${this.#after} answers are all '${this.#long[0]!.slice(0, 80)}'`,
        { hint: "does the server get the media? --no-guard goes on all the same" },
      );
    }
  }

  /** @throws GuardError `ANSWERS_FAIL`. */
  failure(error: { code: string; message: string }): void {
    this.#failuresInARow++;
    if (this.#after === 0 || this.#failuresInARow < this.#after) return;
    throw new GuardError(
      "ANSWERS_FAIL",
      `${this.#failuresInARow} questions in a row failed, the last with ${error.code}: ${error.message}`,
      { hint: "what is answered is kept; run again with --retry-failed once the server is well" },
    );
  }
}
