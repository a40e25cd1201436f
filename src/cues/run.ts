import { addWord, emptyTally, hasCarrier, isDescribed, type Tally } from "./fragment.ts";
import { lookUp } from "./lexicon.ts";
import { isNegator } from "./negators.ts";
import type { Word } from "./words.ts";

/**
 * Words in order, with what is known of them kept up word by word: a run that grows by a thousand
 * words and is asked after each one costs a thousand looks, not a million.
 */
export interface Run {
  readonly words: Word[];
  readonly sum: Tally;
  /** Words up to and with the last one that is no function word. */
  filled: number;
  /** Index of the first copula ("is", "seems"); -1 without one. */
  copula: number;
  /** Something is said behind a copula that does not open the run. */
  predicated: boolean;
  /** Opens with a gerund ("smiling"). */
  gerund: boolean;
  /** Holds a word that denies. */
  negated: boolean;
  /** Holds a verb that a predicate may go on from. */
  verb: boolean;
  /** Behind the last "a" or "an": a content word, and nothing but function words and adjectives. */
  article: { filled: boolean; adjectives: boolean } | null;
}

export const newRun = (words: readonly Word[] = []): Run => {
  const run: Run = {
    words: [],
    sum: emptyTally(),
    filled: 0,
    copula: -1,
    predicated: false,
    gerund: false,
    negated: false,
    verb: false,
    article: null,
  };
  grow(run, words);
  return run;
};

/** Appends words to a run. */
export function grow(run: Run, words: readonly Word[]): void {
  for (const word of words) push(run, word);
}

const copulas = new Set(
  `is are was were isn't aren't wasn't weren't appears appeared seems seemed becomes became
  remains remained`.split(/\s+/),
);
const predicates = new Set(
  `is are was were be being sound sounds seem seems appear appears become becomes speak speaks look
  looks remain remains`.split(/\s+/),
);

/** Appends one word. */
export function push(run: Run, word: Word): void {
  const { lower, stop } = word;
  const { words, sum } = run;
  if (words.length === 0) run.gerund = /^\p{L}{3,}ing$/u.test(lower);
  if (run.copula === -1 && copulas.has(lower)) run.copula = words.length;
  else if (run.copula > 0 && !stop) run.predicated = true;
  run.negated ||= isNegator(word);
  run.verb ||= predicates.has(lower);
  words.push(word);
  if (!stop) {
    addWord(sum, word);
    run.filled = words.length;
  }
  if (lower === "a" || lower === "an") run.article = { filled: false, adjectives: true };
  else if (run.article && !stop) {
    run.article.filled = true;
    run.article.adjectives &&= isAdjective(word);
  }
}

function isAdjective(word: Word): boolean {
  const entry = lookUp(word.lower, word.stems.at(-1)!);
  return entry?.kind === "state" || (entry?.kind === undefined && (entry?.manner ?? false));
}

/** Does the run state something by itself, or does it wait for a neighbour? */
export function isComplete({ sum, predicated, gerund }: Run): boolean {
  if (sum.events > 0) return true;
  if (hasCarrier(sum)) return isDescribed(sum);
  return sum.content > 3 || predicated || (gerund && sum.observed === 0);
}

/** "in a calm", "with an excited, low": an article whose noun is still to come. */
export const opensPhrase = ({ article }: Run): boolean =>
  (article?.filled && article.adjectives) ?? false;
