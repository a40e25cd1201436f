import type { Span } from "./cue.ts";
import { isComplete, tally } from "./fragment.ts";
import { type SectionCue, type SectionName, sectionCues } from "./sections.ts";
import { quotations, sentences, trimmed } from "./sentences.ts";
import { type Word, wordsOf } from "./words.ts";

/** One clause of a sentence: at most one predicate where lists and conjunctions allow telling. */
export interface Clause {
  /** Without the words that open it ("In the video, I see", "and", "there is") and outer marks. */
  span: Span;
  /** Words of the span outside quotations, in order. */
  words: readonly Word[];
  /** Section in force, and the words that set it; null where none was announced. */
  section: SectionName | null;
  sectionWords: string;
  /** Led by "suggesting", "as if", "may be": a conclusion, not an observation. */
  inferred: boolean;
  /** Index of its sentence. */
  sentence: number;
  /** True when most of the clause stands in quotation marks. */
  quoted: boolean;
}

interface Piece {
  words: Word[];
  /** What separates it from the piece before: a hard break never closes up again. */
  hard: boolean;
  inferred: boolean;
}

interface InForce {
  section: SectionName | null;
  words: string;
}

/** Clauses of a text in order. Sections announced in one sentence hold for those that follow. */
export function clausesOf(text: string): Clause[] {
  const quotes = quotations(text);
  const words = wordsOf(text);
  const clauses: Clause[] = [];
  let lasting: InForce = { section: null, words: "" };
  let from = 0;
  sentences(text, quotes).forEach((sentence, index) => {
    while (from < words.length && words[from]!.start < sentence.start) from++;
    let to = from;
    while (to < words.length && words[to]!.end <= sentence.end) to++;
    const cues = sectionCues(text, sentence).filter((cue) => !inQuotes(cue.start, quotes));
    const passage = { text, sentence, quotes, cues, words: words.slice(from, to) };
    for (const piece of mergePieces(split(passage))) {
      const clause = toClause(passage, piece, lasting, index);
      if (clause) clauses.push(clause);
    }
    for (const cue of cues) if (cue.lasting) lasting = inForce(text, cue);
    from = to;
  });
  return clauses;
}

interface Passage {
  text: string;
  sentence: Span;
  quotes: readonly Span[];
  cues: readonly SectionCue[];
  words: readonly Word[];
}

const inQuotes = (at: number, quotes: readonly Span[]): boolean =>
  quotes.some((quote) => quote.start <= at && at < quote.end);

const softWords = new Set(["and", "plus", "with", "or", "then", "nor"]);
const hardWords = new Set(
  "but while whereas although though because since which so yet however when whose instead".split(
    " ",
  ),
);
/** Verbs and phrases that turn from observing to concluding. */
const inferenceWord =
  /^(?:indicat|suggest|impl(?:y|ies|ied)|infer|reflect|convey|signif|speculat|deduc|conclud|mean(?:s|ing)?$|hint(?:s|ing)|seemingly|possibly|perhaps|probably|presumably|likely|maybe|expresses$|expressing$|express$|reveal)/;

/** Cuts a sentence at every mark and connective that could end a clause. */
function split({ text, quotes, cues, words }: Passage): Piece[] {
  const pieces: Piece[] = [];
  let piece: Piece = { words: [], hard: true, inferred: false };
  const cut = (hard: boolean) => {
    if (piece.words.length > 0) pieces.push(piece);
    else if (piece.hard) hard = true;
    piece = { words: [], hard, inferred: false };
  };
  let last = -1;
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    if (inQuotes(word.start, quotes)) continue;
    const gap = last >= 0 ? text.slice(words[last]!.end, word.start) : "";
    last = index;
    if (/[;:；：()（）[\]—–]| -+ /.test(gap)) cut(true);
    else if (
      /[,，、/]/.test(gap) &&
      !/^\d+,\d+$/.test(text.slice(words[index]!.start - 2, word.end))
    )
      cut(false);
    if (cues.some((cue) => cue.start <= word.start && word.end <= cue.end)) {
      cut(true);
      continue;
    }
    if (hardWords.has(word.lower)) {
      cut(true);
      continue;
    }
    if (softWords.has(word.lower)) {
      cut(false);
      continue;
    }
    const asIf = word.lower === "as" && /^(?:if|though)$/.test(words[index + 1]?.lower ?? "");
    if (asIf || inferenceWord.test(word.lower)) {
      if (asIf || !piece.inferred) {
        if (asIf || isComplete(tally(piece.words)) || piece.words.every(({ stop }) => stop)) {
          cut(true);
          piece.inferred = true;
        }
      }
    }
    piece.words.push(word);
  }
  cut(true);
  return pieces;
}

/** Joins pieces that wait for a neighbour: "low | weak and slow voice", "his eyes | and mouth are open". */
function mergePieces(pieces: readonly Piece[]): Piece[] {
  const out: Piece[] = [];
  let waiting: Piece | undefined;
  pieces.forEach((piece, index) => {
    if (piece.hard && waiting) {
      out.push(waiting);
      waiting = undefined;
    }
    if (piece.inferred || isComplete(tally(piece.words))) {
      out.push(waiting && !piece.inferred ? join(waiting, piece) : piece);
      if (waiting && piece.inferred) out.splice(-1, 0, waiting);
      waiting = undefined;
      return;
    }
    const before = out.at(-1);
    if (waiting) waiting = join(waiting, piece);
    else if (before && !piece.hard && attachesLeft(before, piece, pieces[index + 1])) {
      out[out.length - 1] = join(before, piece);
    } else waiting = piece;
    if (waiting && isComplete(tally(waiting.words))) {
      out.push(waiting);
      waiting = undefined;
    }
  });
  if (waiting) out.push(waiting);
  return out;
}

const join = (left: Piece, right: Piece): Piece => ({
  words: [...left.words, ...right.words],
  hard: left.hard,
  inferred: left.inferred,
});

const predicate =
  /^(?:is|are|was|were|be|being|sounds?|seems?|appears?|becomes?|speaks?|looks?|remains?)$/;
const determiner = /^(?:the|a|an|his|her|their|its|he|she|they|this|that|there)$/;

/** "her voice is low | and weak": a predicate goes on. "a broad smile | low | and soft voice": it doesn't. */
function attachesLeft(before: Piece, piece: Piece, next: Piece | undefined): boolean {
  if (!next || next.hard || next.inferred) return true;
  if (before.words.some(({ lower }) => predicate.test(lower))) return true;
  const sum = tally(piece.words);
  if (sum.carriers.visual + sum.carriers.acoustic > 0) return false;
  return determiner.test(next.words[0]?.lower ?? "");
}

const openers = new Set(
  `and or but with then also while as well along accompanied by additionally moreover furthermore
  however that there is are was were so plus too followed therefore finally meanwhile both on in of where when
  hence thus at to from for`.split(/\s+/),
);

function toClause(
  passage: Passage,
  piece: Piece,
  lasting: InForce,
  sentence: number,
): Clause | null {
  const words = piece.words.slice();
  while (words.length > 1 && openers.has(words[0]!.lower) && !startsHypothesis(words))
    words.shift();
  while (words.length > 1 && /^(?:and|or|with|the|a|an|that)$/.test(words.at(-1)!.lower))
    words.pop();
  if (!words.some(({ stop }) => !stop)) return null;
  const span = trimmed(passage.text, words[0]!.start, words.at(-1)!.end)!;
  const { section, words: sectionWords } = sectionAt(passage, span, lasting);
  const quoted = passage.quotes.reduce(
    (sum, quote) =>
      sum +
      Math.max(0, Math.min(quote.end, passage.sentence.end) - Math.max(quote.start, span.start)),
    0,
  );
  return {
    span,
    words,
    section,
    sectionWords,
    inferred: piece.inferred,
    sentence,
    quoted: quoted > span.end - span.start && words.length < 8,
  };
}

const startsHypothesis = (words: readonly Word[]): boolean =>
  words[0]!.lower === "as" && /^(?:if|though)$/.test(words[1]?.lower ?? "");

/** The last cue before the clause, or one right behind it ("the slow pace in the audio"). */
function sectionAt({ text, sentence, cues }: Passage, span: Span, lasting: InForce): InForce {
  let found = lasting;
  for (const cue of cues) {
    if (cue.start <= span.start) found = inForce(text, cue);
    else if (/^\s*$/.test(text.slice(span.end, cue.start)) && cue.end > cue.start) {
      const after = text.slice(cue.end, Math.min(sentence.end, cue.end + 5));
      if (/^\s*(?:[,.;]|and\b|$)/.test(after)) found = inForce(text, cue);
    }
  }
  return found;
}

const inForce = (text: string, cue: SectionCue): InForce => ({
  section: cue.section,
  words: text.slice(cue.start, cue.end) || "a concluding phrase",
});
