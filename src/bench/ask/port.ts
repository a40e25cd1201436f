import type { TokenUsage } from "../../endpoint/port.ts";

/**
 * One thing a benchmark asks of a model under test. Its id is stable: answers are resumed by it.
 */
export interface Question {
  id: string;
  /**
   * Files as the model is to see and hear them, masking already done; absent: that stream is not
   * given.
   */
  media: { video?: string; audio?: string };
  /** What is said in the clip, where the benchmark gives it. */
  subtitle?: string;
  prompt: string;
  maxTokens: number;
}

export interface Answer {
  text: string;
  finish: "stop" | "length" | "other";
  usage?: TokenUsage;
  /** The clip was to be heard and has no sound track: it was shown alone. */
  mute?: true;
  /** Field of the server's message with thinking that is no part of `text`. */
  unread?: string;
  attempts: number;
}

/**
 * A model under test: behind an endpoint, embedded in this process, or a file of stored answers.
 */
export interface Responder {
  /** Names the model (and its server or checkpoint) in records and tables. */
  readonly id: string;
  /** @throws OppoError; the runner records the failure for this question and goes on. */
  respond(question: Question): Promise<Answer>;
  close?(): Promise<void>;
}
