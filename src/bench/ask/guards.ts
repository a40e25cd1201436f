import { GuardError } from "../../core/errors.ts";
import type { Answer, Question } from "./port.ts";

export interface GuardOptions {
  /** Look once so many answers are there; 0 turns the guards off. */
  guardAfter?: number;
}

const hint =
  "what is there is kept; run again with --retry-failed once the server is well; --no-guard goes on all the same";

/** Stops where nothing succeeds any more. In messages %n stands for a number. */
export class FailureGuard {
  readonly #code: string;
  readonly #message: string;
  readonly #after: number;
  #inARow = 0;

  /** `after` 0 turns it off. */
  constructor(code: string, message: string, after: number) {
    this.#code = code;
    this.#message = message;
    this.#after = after;
  }

  /** @throws GuardError after so many failures in a row. */
  outcome(failure: { code: string; message?: string } | undefined): void {
    this.#inARow = failure === undefined ? 0 : this.#inARow + 1;
    if (failure && this.#after > 0 && this.#inARow >= this.#after) {
      throw this.#error(this.#message, this.#inARow, failure);
    }
  }

  /**
   * A short run ends before many can fail in a row. @throws GuardError where there is no success at
   * all.
   */
  end(
    message: string,
    failures: readonly ({ code: string; message?: string } | undefined)[],
  ): void {
    const last = failures.at(-1);
    if (this.#after === 0 || last === undefined || failures.includes(undefined)) return;
    throw this.#error(message, failures.length, last);
  }

  #error(
    message: string,
    count: number,
    { code, message: why }: { code: string; message?: string },
  ): GuardError {
    const last = why === undefined ? code : `${code}: ${why}`;
    const text = `${message.replace("%n", String(count))}, the last with ${last}`;
    return new GuardError(this.#code, text, { hint });
  }
}

/** Short answers (yes, no) may rightly be alike. */
const longAnswerTokens = 64;

/**
 * Stops a run that measures nothing: a server that answers nothing, always the same, or only with
 * errors. A mistaken chat template or a model that gets no media does that, and scores look merely
 * low.
 */
export class AnswerGuard {
  readonly #after: number;
  #answers = 0;
  #empty = 0;
  readonly #long: string[] = [];
  readonly #failures: FailureGuard;

  constructor({ guardAfter = 20 }: GuardOptions) {
    this.#after = guardAfter;
    this.#failures = new FailureGuard("ANSWERS_FAIL", "%n questions in a row failed", guardAfter);
  }

  /** @throws GuardError `ANSWERS_EMPTY`, `ANSWERS_IDENTICAL`. */
  answer({ maxTokens }: Question, { text, unread }: Pick<Answer, "text" | "unread">): void {
    this.#failures.outcome(undefined);
    this.#answers++;
    if (text.trim() === "") this.#empty++;
    if (maxTokens >= longAnswerTokens) this.#long.push(text.trim());
    if (this.#after === 0) return;
    if (this.#answers === this.#after && this.#empty === this.#answers) {
      throw new GuardError("ANSWERS_EMPTY", `the first ${this.#answers} answers are all empty`, {
        hint:
          unread === undefined
            ? "check chat template and token limit; --no-guard goes on all the same"
            : `the server sends the text as ${unread}, which is not scored: raise the token limit, so that an answer follows the thinking, or score it with --reasoning scored and another --out; --no-guard goes on all the same`,
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
    this.#failures.outcome(error);
  }

  /** @throws GuardError `ANSWERS_FAIL` where no question at all was answered. */
  end(asked: number, failures: readonly { code: string; message: string }[]): void {
    if (failures.length === asked) this.#failures.end("all %n questions failed", failures);
  }
}
