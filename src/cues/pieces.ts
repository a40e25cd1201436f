import { firstIndex } from "../core/first-index.ts";
import type { Span } from "./cue.ts";
import { hasCarrier } from "./fragment.ts";
import { grow, isComplete, newRun, opensPhrase, push, type Run } from "./run.ts";
import type { SectionCue } from "./sections.ts";
import { standsIn } from "./stands-in.ts";
import type { Word } from "./words.ts";

/** A stretch of a sentence between two separators. */
export interface Piece {
  run: Run;
  /** What stands before it: a hard break never closes up again, a soft one may. */
  hard: boolean;
  /** Introduced by "with": depends on what stands before. */
  dependent: boolean;
  /** A conclusion ("suggesting …", "as if …"), not an observation. */
  inferred: boolean;
}

/** One sentence with what is known of it. */
export interface Passage {
  text: string;
  sentence: Span;
  quotes: readonly Span[];
  cues: readonly SectionCue[];
  words: readonly Word[];
}

const hardMark = /[;:；：()（）[\]—–]| -+ /;
const softMark = /[,，、/]/;
const hardWords = new Set(
  "but while whereas although though because since which so yet however when whose instead".split(
    " ",
  ),
);
const softWords = new Set(["and", "plus", "with", "or", "then"]);
/** Verbs and adverbs that turn from observing to concluding. */
const inferenceWord =
  /^(?:indicat|suggest|impl(?:y|ies|ied)|infer|reflect|convey|signif|speculat|deduc|conclud|mean(?:s|ing)?$|hint(?:s|ing)$|seemingly|possibly|perhaps|probably|presumably|likely|maybe|expresses$|expressing$|express$|highlight|emphasi|further$|predict|appearing$)/;

/** Clause candidates of a sentence, each able to stand alone. */
export function piecesOf(passage: Passage): Piece[] {
  return spreadInference(merge(new Splitter(passage).split()));
}

/** Cuts a sentence at every mark and connective that could end a clause. */
class Splitter {
  private readonly passage: Passage;
  private readonly pieces: Piece[] = [];
  private piece: Piece = newPiece(true);

  constructor(passage: Passage) {
    this.passage = passage;
  }

  split(): Piece[] {
    const { text, cues, quotes } = this.passage;
    const outside = ({ start }: Word) => !standsIn(quotes, start);
    const words = quotes.length === 0 ? this.passage.words : this.passage.words.filter(outside);
    // Of the cues that begin no later than a word, the one that reaches farthest.
    let begun = 0;
    let reach = 0;
    for (let index = 0; index < words.length; index++) {
      const word = words[index]!;
      const before = words[index - 1];
      if (before && !insideNumber(text, before, word)) {
        this.mark(text.slice(before.end, word.start));
      }
      while (begun < cues.length && cues[begun]!.start <= word.start) {
        reach = Math.max(reach, cues[begun++]!.end);
      }
      if (word.end <= reach) this.cut(true);
      else if (isAsWellAs(words, index)) {
        this.cut(false);
        index += 2;
      } else if (hardWords.has(word.lower)) this.cut(true);
      else if (softWords.has(word.lower) && !this.keeps(word)) {
        this.cut(before !== undefined && anyBetween(quotes, before, word));
        this.piece.dependent = word.lower === "with";
      } else {
        if (word.lower === "without" && this.standsAlone()) this.cut(true);
        if (word.lower === "nor" && !this.piece.run.negated) this.cut(false);
        if (turnsToInference(words, index)) this.infer();
        push(this.piece.run, word);
      }
    }
    this.cut(true);
    return this.pieces;
  }

  /** Marks between two words; after a quotation a comma is final ('says "No", and smiles'). */
  private mark(gap: string): void {
    if (hardMark.test(gap)) this.cut(true);
    else if (softMark.test(gap)) this.cut(/["”」»]/.test(gap));
  }

  private cut(hard: boolean): void {
    const empty = this.piece.run.words.length === 0;
    if (!empty) this.pieces.push(this.piece);
    this.piece = newPiece(hard || (empty && this.piece.hard));
  }

  /** "doesn't smile or frown" denies both; "eyes fill with tears" is one thing. */
  private keeps({ lower, end }: Word): boolean {
    if (lower === "or") return this.piece.run.negated;
    return lower === "with" && /^ (?:\w+ )?tears\b/.test(this.passage.text.slice(end, end + 20));
  }

  /** Is what came before "without" a statement of its own? "natural | without any tension". */
  private standsAlone(): boolean {
    const { run } = this.piece;
    const last = run.words.length > 0 ? run : this.pieces.at(-1)?.run;
    return last !== undefined && isComplete(last);
  }

  /**
   * "her raised brows | may suggest surprise"; "her eyes express sadness" stays whole. The function
   * words in front of the verb go with it: they are no part of what is complete.
   */
  private infer(): void {
    if (this.piece.inferred) return;
    const { words, filled } = this.piece.run;
    if (filled > 0 && !isComplete(this.piece.run)) return;
    const pulled = words.slice(filled);
    if (pulled.length > 0) this.piece.run = newRun(words.slice(0, filled));
    this.cut(true);
    this.piece.inferred = true;
    grow(this.piece.run, pulled);
  }
}

const newPiece = (hard: boolean): Piece => ({
  run: newRun(),
  hard,
  dependent: false,
  inferred: false,
});

/** The comma of "1,000" and "2,5" separates nothing. */
const insideNumber = (text: string, left: Span, right: Span): boolean =>
  /^\d,\d$/.test(text.slice(left.end - 1, right.start + 1));

/** Whether one of `spans` stands between two words. */
function anyBetween(spans: readonly Span[], left: Span, right: Span): boolean {
  const first = spans[firstIndex(spans, ({ start }) => start >= left.end)];
  return first !== undefined && first.end <= right.start;
}

const isAsWellAs = (words: readonly Word[], at: number): boolean =>
  words[at]!.lower === "as" && words[at + 1]?.lower === "well" && words[at + 2]?.lower === "as";

function turnsToInference(words: readonly Word[], at: number): boolean {
  const { lower } = words[at]!;
  if (lower === "as") return /^(?:if|though)$/.test(words[at + 1]?.lower ?? "");
  return inferenceWord.test(lower);
}

/**
 * Joins pieces that wait for a neighbour: "low | weak | and slow voice", "his eyes | and mouth are
 * open".
 */
function merge(pieces: readonly Piece[]): Piece[] {
  const out: Piece[] = [];
  let waiting: Piece | undefined;
  const release = () => {
    if (waiting) out.push(waiting);
    waiting = undefined;
  };
  pieces.forEach((piece, index) => {
    if (piece.hard || piece.inferred) release();
    if (waiting && opensPhrase(waiting.run)) {
      join(waiting, piece);
      if (!opensPhrase(waiting.run)) release();
      return;
    }
    const before = out.at(-1);
    if (piece.inferred) out.push(piece);
    else if (waiting) join(waiting, piece);
    else if (isComplete(piece.run)) waiting = piece;
    else if (before && !piece.hard && attachesLeft(before, piece, pieces[index + 1])) {
      join(before, piece);
    } else waiting = piece;
    if (waiting && isComplete(waiting.run) && !opensPhrase(waiting.run)) release();
  });
  release();
  return out;
}

/** Appends the words of `right`, in place: a copy for each piece would take quadratic time. */
const join = (left: Piece, right: Piece): void => grow(left.run, right.run.words);

const determiner = /^(?:the|a|an|his|her|their|its|he|she|they|this|that|there)$/;

/**
 * "her voice is low | and weak": a predicate goes on. "a broad smile | low | and soft voice": it
 * doesn't.
 */
function attachesLeft(before: Piece, piece: Piece, next: Piece | undefined): boolean {
  if (!next || next.hard || next.inferred) return true;
  const determined = determiner.test(next.run.words[0]?.lower ?? "");
  if (opensPhrase(piece.run) && !determined) return false;
  const { sum } = piece.run;
  if (piece.dependent && sum.observed === 0) return true;
  if (before.run.verb) return true;
  return !hasCarrier(sum) && determined;
}

/**
 * "suggesting fear | and leaning towards worry": a conclusion goes on until something is observed.
 */
function spreadInference(pieces: readonly Piece[]): Piece[] {
  pieces.forEach((piece, index) => {
    if (piece.hard || !pieces[index - 1]?.inferred) return;
    const { sum } = piece.run;
    if (!hasCarrier(sum) && Math.max(sum.visual, sum.acoustic) < 3) piece.inferred = true;
  });
  return pieces.slice();
}
