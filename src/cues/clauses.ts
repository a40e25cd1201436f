import type { Span } from "./cue.ts";
import { type Passage, type Piece, piecesOf } from "./pieces.ts";
import { type SectionCue, type SectionName, sectionCues } from "./sections.ts";
import { quotations, sentences, trimmed } from "./sentences.ts";
import { type Word, wordsOf } from "./words.ts";

/** One clause of a sentence: at most one predicate where lists and conjunctions allow telling. */
export interface Clause {
  /** Without the words that open it ("In the video, I see", "and", "there is") and outer marks. */
  span: Span;
  /** Words of the span outside quotations, in order. */
  words: readonly Word[];
  /** Section in force; null where none was announced. */
  section: SectionName | null;
  /** The words that announced it. */
  sectionWords: string;
  /** Whether the section may label the clause by itself (not in conclusions). */
  sectionDecides: boolean;
  /** Led by "suggesting", "as if", "possibly": a conclusion, not an observation. */
  inferred: boolean;
  /** Most of it stands in quotation marks. */
  quoted: boolean;
}

interface InForce {
  section: SectionName | null;
  words: string;
  decides: boolean;
}

/**
 * Clauses of a text in order. A section announced at the head of a sentence holds until the next.
 */
export function clausesOf(text: string): Clause[] {
  const quotes = quotations(text);
  const words = wordsOf(text);
  const clauses: Clause[] = [];
  let lasting: InForce = { section: null, words: "", decides: false };
  let from = 0;
  for (const sentence of sentences(text, quotes)) {
    while (from < words.length && words[from]!.start < sentence.start) from++;
    let to = from;
    while (to < words.length && words[to]!.end <= sentence.end) to++;
    const cues = sectionCues(text, sentence).filter(
      (cue) => !quotes.some((quote) => quote.start <= cue.start && cue.start < quote.end),
    );
    const passage = { text, sentence, quotes, cues, words: words.slice(from, to) };
    for (const piece of piecesOf(passage)) {
      const clause = toClause(passage, piece, lasting);
      if (clause) clauses.push(clause);
    }
    for (const cue of cues) if (cue.lasting) lasting = inForce(text, cue);
    from = to;
  }
  return clauses;
}

const leading = new Set(
  `and or but with then also while as well along together accompanied by additionally moreover
  furthermore however that there is are was were so plus too followed therefore finally meanwhile on in
  of where when hence thus at to from for overall based given considering combined combining suddenly
  gradually eventually initially subsequently afterwards specifically`.split(/\s+/),
);
const trailing = new Set(
  "and or with the a an that along accompanied combined followed as by of".split(" "),
);

function toClause(passage: Passage, piece: Piece, lasting: InForce): Clause | null {
  const words = piece.words.slice();
  while (words.length > 1 && leading.has(words[0]!.lower) && !piece.inferred) words.shift();
  while (words.length > 1 && trailing.has(words.at(-1)!.lower)) words.pop();
  if (words.every(({ stop }) => stop)) return null;
  const span = trimmed(passage.text, words[0]!.start, words.at(-1)!.end)!;
  const force = sectionAt(passage, span, lasting);
  return {
    span,
    words,
    section: force.section,
    sectionWords: force.words,
    sectionDecides: force.decides,
    inferred: piece.inferred,
    quoted: quotedLength(passage, span) * 2 > span.end - span.start,
  };
}

/** Characters of quotations in the clause or right behind it ('saying "What?"'). */
function quotedLength({ quotes, sentence, text }: Passage, span: Span): number {
  let length = 0;
  for (const { start, end } of quotes) {
    const near = start < span.end || /^[\s,:]*$/.test(text.slice(span.end, start));
    if (near && end > span.start && start < sentence.end) length += end - start;
  }
  return length;
}

/**
 * The last cue before the clause, or one right behind it ("the slow pace in the audio"); such a
 * trailing cue speaks of nothing else.
 */
function sectionAt(passage: Passage, span: Span, lasting: InForce): InForce {
  let found = lasting;
  for (const cue of passage.cues) {
    if (cue.section === null) continue;
    if (isTrailing(passage, cue)) {
      const behind = cue.start >= span.end && passage.text.slice(span.end, cue.start).trim() === "";
      if (behind) found = inForce(passage.text, cue);
    } else if (cue.start <= span.start) found = inForce(passage.text, cue);
  }
  return found;
}

function isTrailing({ text, sentence }: Passage, cue: SectionCue): boolean {
  if (cue.decides || !/[\p{L}\p{N}]\s+$/u.test(text.slice(sentence.start, cue.start))) return false;
  return /^\s*(?:[,.;]|and\b|$)/.test(text.slice(cue.end, Math.min(sentence.end, cue.end + 5)));
}

const inForce = (text: string, cue: SectionCue): InForce => ({
  section: cue.section,
  words: text.slice(cue.start, cue.end) || "a concluding phrase",
  decides: cue.decides,
});
