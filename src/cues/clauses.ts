import { firstIndex } from "../core/first-index.ts";
import type { Span } from "./cue.ts";
import { firstOther } from "./first-other.ts";
import { type InForce, inForce, sectionsIn } from "./in-force.ts";
import { type Passage, type Piece, piecesOf } from "./pieces.ts";
import { type SectionName, sectionCues } from "./sections.ts";
import { quotations, sentences, trimmed } from "./sentences.ts";
import { standsIn } from "./stands-in.ts";
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
    const cues = sectionCues(text, sentence).filter(({ start }) => !standsIn(quotes, start));
    const passage = { text, sentence, quotes, cues, words: words.slice(from, to) };
    const sectionAt = sectionsIn(passage, lasting);
    for (const piece of piecesOf(passage)) {
      const clause = toClause(passage, piece, sectionAt);
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

function toClause(
  passage: Passage,
  { run, inferred }: Piece,
  sectionAt: (span: Span) => InForce,
): Clause | null {
  let from = 0;
  let to = run.words.length;
  while (to - from > 1 && leading.has(run.words[from]!.lower) && !inferred) from++;
  while (to - from > 1 && trailing.has(run.words[to - 1]!.lower)) to--;
  const words = run.words.slice(from, to);
  if (words.every(({ stop }) => stop)) return null;
  const span = trimmed(passage.text, words[0]!.start, words.at(-1)!.end)!;
  const force = sectionAt(span);
  return {
    span,
    words,
    section: force.section,
    sectionWords: force.words,
    sectionDecides: force.decides,
    inferred,
    quoted: quotedLength(passage, span) * 2 > span.end - span.start,
  };
}

/** Characters of quotations in the clause or right behind it ('saying "What?"'). */
function quotedLength({ quotes, sentence, text }: Passage, span: Span): number {
  const behind = firstOther(text, span.end, /[\s,:]/);
  let length = 0;
  for (let at = firstIndex(quotes, ({ end }) => end > span.start); at < quotes.length; at++) {
    const { start, end } = quotes[at]!;
    if (start >= sentence.end || start > behind) break;
    length += end - start;
  }
  return length;
}
