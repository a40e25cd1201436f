import type { OppoError } from "../core/errors.ts";
import type { ProgressListener } from "../core/progress.ts";
import type { ChatModel } from "../endpoint/port.ts";
import type { Asked } from "./ask/ask.ts";
import type { Journal } from "./ask/journal.ts";
import type { Question, Responder } from "./ask/port.ts";
import type { BenchmarkResult } from "./ask/result.ts";
import type { StageOptions } from "./ask/stage.ts";
import type { Prices } from "./ask/usage.ts";

/**
 * A benchmark of models: what it asks, how answers become numbers. `oppo bench <id>` does the rest:
 * options, run folder, server, journal, guards, files, page. Adding one is a folder with such a
 * record and a line in the table of benchmarks (`cli/commands/bench/benchmarks.ts`).
 */
export interface Benchmark<Own extends object = object> {
  /** Name of its command and of its results. */
  id: string;
  /** What tables and pages call it. */
  title: string;
  /** One line for `--help`. */
  description: string;
  /** Options of its own; those of the model, of asking and of the second model are added. */
  options: readonly OptionSpec[];
  /** True where its own options say where results go and how much is asked. */
  ownAsking?: boolean;
  /**
   * Reads what is asked and what is right. Everything that can be refused is refused here, before a
   * folder is made or a model asked. @throws OppoError.
   */
  prepare(options: Own & SharedOptions, session: Session): Promise<Exam | Finished>;
}

/** An option of a command, as data. */
export interface OptionSpec {
  /** As in "--data <folder>"; "<file...>" takes several. */
  flags: string;
  description: string;
  choices?: readonly string[];
  /** How its text is read; default: as it stands. */
  reads?: "count" | "cosine" | "cosines";
  default?: unknown;
}

/** The options that all benchmarks share, as far as they concern them. */
export interface SharedOptions {
  /** Model under test, as its server calls it. */
  model?: string;
  out?: string;
  maxTokens?: number;
  limit?: number;
  sample?: number;
  seed: string;
}

export type Settings = BenchmarkResult["protocol"]["settings"];

/** What a run of a benchmark works with. */
export interface Session {
  /** The run folder. */
  out: string;
  /**
   * The second model, which reads or judges answers, or another one on its server. Greedy answers
   * are kept in the run folder. @throws ConfigError `JUDGE_MISSING`, `BASE_URL`.
   */
  judge(model?: string): ChatModel;
  /** Results of a step after the answers, kept in the run folder. */
  rows<Result>(name: string): Journal<Result>;
  /** How steps after the answers are worked through. */
  stage: StageOptions;
  prices: Prices;
  progress: ProgressListener;
  /** How much is asked (`limit`, `sample`), as results say it. */
  extent: Settings;
}

/** Questions, and who grades the answers. */
export interface Exam {
  /** Called once somebody is there to answer: making them may take long. */
  questions(): readonly Question[] | Promise<readonly Question[]>;
  /** Who answers in place of a model behind a server: stored answers, systems of this project. */
  responders?: readonly Candidate[];
  /** Folder of one responder's answers below the run folder; default: the run folder itself. */
  folderOf?(responder: string): string;
  /** True where the questions already have the lengths that `--max-tokens` asks for. */
  ownLengths?: boolean;
  /** Opens what grading needs; called before the first question is asked. @throws OppoError. */
  grader(): Grader;
}

/** Someone who answers. */
export interface Candidate {
  open(): Promise<Responder> | Responder;
  /** Answers made elsewhere: always at hand, so no guard watches over them. */
  stored?: boolean;
  /**
   * Runs in this process: one question at a time, and its answers depend on no setting of a server.
   */
  local?: boolean;
}

export interface Grader {
  /** What the run's numbers depend on besides the model: part of `config.json`. */
  facts: Readonly<Record<string, unknown>>;
  /**
   * Further settings that answers depend on; they are in `config.json` and in `Answered.settings`.
   */
  settings?: Settings;
  /** Turns answers into numbers; one `Answered` a responder. */
  grade(answered: readonly Answered[]): Promise<Outcome>;
}

/** What one responder said. */
export interface Answered {
  model: string;
  asked: Asked;
  /** How it was asked, as far as answers depend on it. */
  settings: Settings;
  /** The clips were shown to a model, now; false for stored answers. */
  shown: boolean;
}

/** Nothing is asked: answers, labels or judgements were made elsewhere. */
export interface Finished {
  /** Name of the run folder where `--out` gives none; default: as for an exam. */
  folder?: string;
  /** `config.json` of the run folder; absent: none is written. */
  config?: Readonly<Record<string, unknown>>;
  outcome: Outcome;
}

export interface Outcome {
  results: readonly BenchmarkResult[];
  /** Further files by path below the run folder. */
  files?: Readonly<Record<string, string>>;
  /** Thrown once everything is written: a run without a score did not succeed. */
  refusal?(resultsFile: string): OppoError | undefined;
}

export const isFinished = (prepared: Exam | Finished): prepared is Finished =>
  "outcome" in prepared;
