import type { LossOptions } from "./options.ts";
import type { LossPass, LossResult, LossSample } from "./sample.ts";
import type { BatchTotals } from "./totals.ts";

/** Masked passes of a rollout that a term compares with: none, any of the two, or both at once. */
export type PassNeed = "none" | "one" | "both";

/**
 * Tokens of masked passes that a term looks at: none; the heads of its claims; the tokens at which
 * claims begin; every token of the response.
 */
export type TokenReads = "none" | "heads" | "onset" | "all";

/**
 * Which claims a term acts on. Any selector goes with any term: the term then sees a batch with
 * these claims alone, and divides by totals measured on them.
 */
export interface ClaimSelector {
  /** Names the selector's totals (`ObjectiveContext.selected`). */
  id: string;
  pick: (claims: LossSample["claims"], clauses?: LossSample["clauses"]) => LossSample["claims"];
}

/**
 * Every claim of the response: what all shipped terms act on, unless the options name another
 * evidence for them (`selectorOf`).
 */
export const everyClaim: ClaimSelector = { id: "every claim", pick: (claims) => claims };

/** What docs/objectives.md says of a term. Formulas are LaTeX in the notation of docs/method.md. */
export interface TermDoc {
  title: string;
  /** Value to minimise, unweighted. */
  formula: string;
  /** Heading in docs/method.md that derives it, as an anchor. */
  anchor: string;
  /** Where it comes from. */
  source: string;
  /** What is exactly the source's, and what is not. */
  fidelity?: string;
}

/**
 * A term of the objective: everything the rest of the program needs to know of it. Passes to make,
 * tokens to read, metric names, checks and docs/objectives.md follow from the record.
 */
export interface LossTerm {
  /** In metrics: `loss/<name>` and `gradient/<name>`. */
  name: string;
  /** Factor in the objective; 0 switches the term off. */
  weight: (options: LossOptions) => number;
  /** Where that factor stands in the options; null where there is nothing to set. */
  option: string | null;
  /** Its cheapest solution is to claim nothing, so the claim controller scales it. */
  suppressive: boolean;
  needs: PassNeed;
  /**
   * Compares with one pass in which both streams are hidden, in the place of the passes in `needs`.
   */
  joint?: (options: LossOptions) => boolean;
  /**
   * Tokens at which it looks at the whole vocabulary, by pass, of a response of `length` tokens
   * with these (selected) claims. Only with the options that ask for it.
   */
  whole?: (
    claims: LossSample["claims"],
    length: number,
    options: LossOptions,
  ) => Partial<Record<LossPass, readonly number[]>>;
  /** Acts only where a stream is hidden completely: passes in `sample.partial` are skipped. */
  blindOnly: boolean;
  reads: (options: LossOptions) => TokenReads;
  selector: ClaimSelector;
  /** Whether it sends a gradient through masked passes. */
  learnsMasked: (options: LossOptions) => boolean;
  /** Whether it weighs claims by their match s_C. */
  usesMatch: (options: LossOptions) => boolean;
  /** Whether it reads `LossSample.sentences`. Default: it does not. */
  readsSentences?: boolean;
  /** Names of the metrics that `compute` adds. */
  metrics: readonly string[];
  /**
   * Unweighted value and its gradient. A masked pass that a sample lacks is skipped and the rest
   * weighed up, so that passes may be dealt in turn.
   */
  compute: (batch: readonly LossSample[], options: LossOptions, totals: BatchTotals) => LossResult;
  doc: TermDoc;
}

const never = (): boolean => false;

/** What holds for a term on the full pass alone. */
export const fullPassOnly = {
  suppressive: false,
  needs: "none",
  blindOnly: false,
  reads: (): TokenReads => "none",
  selector: everyClaim,
  learnsMasked: never,
  usesMatch: never,
  metrics: [],
} as const satisfies Partial<LossTerm>;
