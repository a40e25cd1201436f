import type { RewardOptions } from "./options.ts";
import type { ReadResponse, ScoredResponse, ScoreItem } from "./scored.ts";

/**
 * What docs/objectives.md says of a reward term. Formulas are LaTeX in the notation of
 * docs/method.md.
 */
export interface RewardDoc {
  title: string;
  formula: string;
  /** Heading in docs/method.md, as an anchor. */
  anchor: string;
  /** What is exactly the source's, and what is not. */
  fidelity?: string;
}

/**
 * A term of the reward: scoring, weighting, advantages, explanation and metrics iterate over these.
 */
export interface RewardTerm<Name extends string = string> {
  /** Key in `ScoredResponse.terms`, in metrics and on the wire. */
  name: Name;
  weight: (options: RewardOptions) => number;
  /** Where that weight stands in the options; null where there is nothing to set. */
  option: string | null;
  /**
   * For a term that can be a gate: whether it is one. Its score then multiplies the whole reward,
   * and its weight is a constant part of it.
   */
  gate?: (options: RewardOptions) => boolean;
  /**
   * In [0, 1]; the printed R_omni in [0, 3]. null where the term cannot say anything of this
   * response: it is then left out of the reward, whose other terms are divided by the sum of their
   * own weights.
   */
  score: (response: ReadResponse, options: RewardOptions) => number | null;
  /** Lines that say why the score is what it is; the first begins with the name. */
  explain: (scored: ScoredResponse, item: ScoreItem, options: RewardOptions) => string[];
  doc: RewardDoc;
}
