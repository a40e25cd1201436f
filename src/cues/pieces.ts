import type { Span } from "./cue.ts";
import { hasCarrier, isComplete, opensPhrase, tally } from "./fragment.ts";
import { isNegator } from "./polarity.ts";
import type { SectionCue } from "./sections.ts";
import type { Word } from "./words.ts";

/** A stretch of a sentence between two separators. */
export interface Piece {
  words: Word[];
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
    const words = this.passage.words.filter(
      (word) => !quotes.some((quote) => quote.start <= word.start && word.start < quote.end),
    );
    for (let index = 0; index < words.length; index++) {
      const word = words[index]!;
      if (index > 0 && !insideNumber(text, words[index - 1]!, word)) {
        this.mark(text.slice(words[index - 1]!.end, word.start));
      }
      if (cues.some((cue) => cue.start <= word.start && word.end <= cue.end)) this.cut(true);
      else if (isAsWellAs(words, index)) {
        this.cut(false);
        index += 2;
      } else if (hardWords.has(word.lower)) this.cut(true);
      else if (softWords.has(word.lower) && !this.keeps(word)) {
        this.cut(index > 0 && quotes.some((quote) => isBetween(quote, words[index - 1]!, word)));
        this.piece.dependent = word.lower === "with";
      } else {
        if (word.lower === "without" && this.standsAlone()) this.cut(true);
        if (word.lower === "nor" && !this.denies()) this.cut(false);
        if (turnsToInference(words, index)) this.infer();
        this.piece.words.push(word);
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
    if (this.piece.words.length > 0) this.pieces.push(this.piece);
    this.piece = newPiece(hard || (this.piece.words.length === 0 && this.piece.hard));
  }

  /** "doesn't smile or frown" denies both; "eyes fill with tears" is one thing. */
  private keeps({ lower, end }: Word): boolean {
    if (lower === "or") return this.denies();
    return lower === "with" && /^ (?:\w+ )?tears\b/.test(this.passage.text.slice(end, end + 20));
  }

  private denies(): boolean {
    return this.piece.words.some(isNegator);
  }

  /** Is what came before "without" a statement of its own? "natural | without any tension". */
  private standsAlone(): boolean {
    const { words } = this.piece;
    return isComplete(words.length > 0 ? words : (this.pieces.at(-1)?.words ?? []));
  }

  /** "her raised brows | may suggest surprise"; "her eyes express sadness" stays whole. */
  private infer(): void {
    if (this.piece.inferred) return;
    const words = this.piece.words;
    let from = words.length;
    while (from > 0 && words[from - 1]!.stop) from--;
    if (from > 0 && !isComplete(words.slice(0, from))) return;
    const pulled = words.splice(from);
    this.cut(true);
    this.piece.inferred = true;
    this.piece.words.push(...pulled);
  }
}

const newPiece = (hard: boolean): Piece => ({ words: [], hard, dependent: false, inferred: false });

/** The comma of "1,000" and "2,5" separates nothing. */
const insideNumber = (text: string, left: Span, right: Span): boolean =>
  /^\d,\d$/.test(text.slice(left.end - 1, right.start + 1));

const isBetween = (span: Span, left: Span, right: Span): boolean =>
  left.end <= span.start && span.end <= right.start;

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
    if (waiting && opensPhrase(waiting.words)) {
      waiting = join(waiting, piece);
      if (!opensPhrase(waiting.words)) release();
      return;
    }
    const before = out.at(-1);
    if (piece.inferred) out.push(piece);
    else if (waiting) waiting = join(waiting, piece);
    else if (isComplete(piece.words)) waiting = piece;
    else if (before && !piece.hard && attachesLeft(before, piece, pieces[index + 1])) {
      out[out.length - 1] = join(before, piece);
    } else waiting = piece;
    if (waiting && isComplete(waiting.words) && !opensPhrase(waiting.words)) release();
  });
  release();
  return out;
}

const join = (left: Piece, right: Piece): Piece => ({
  ...left,
  words: [...left.words, ...right.words],
});

const predicate =
  /^(?:is|are|was|were|be|being|sounds?|seems?|appears?|becomes?|speaks?|looks?|remains?)$/;
const determiner = /^(?:the|a|an|his|her|their|its|he|she|they|this|that|there)$/;

/**
 * "her voice is low | and weak": a predicate goes on. "a broad smile | low | and soft voice": it
 * doesn't.
 */
function attachesLeft(before: Piece, piece: Piece, next: Piece | undefined): boolean {
  if (!next || next.hard || next.inferred) return true;
  if (opensPhrase(piece.words) && !determiner.test(next.words[0]?.lower ?? "")) return false;
  const sum = tally(piece.words);
  if (piece.dependent && sum.observed === 0) return true;
  if (before.words.some(({ lower }) => predicate.test(lower))) return true;
  if (hasCarrier(sum)) return false;
  return determiner.test(next.words[0]?.lower ?? "");
}

/**
 * "suggesting fear | and leaning towards worry": a conclusion goes on until something is observed.
 */
function spreadInference(pieces: readonly Piece[]): Piece[] {
  pieces.forEach((piece, index) => {
    if (piece.hard || !pieces[index - 1]?.inferred) return;
    const sum = tally(piece.words);
    if (!hasCarrier(sum) && Math.max(sum.visual, sum.acoustic) < 3) piece.inferred = true;
  });
  return pieces.slice();
}
