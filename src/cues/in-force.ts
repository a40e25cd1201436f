import { firstIndex } from "../core/first-index.ts";
import type { Span } from "./cue.ts";
import { firstOther } from "./first-other.ts";
import type { Passage } from "./pieces.ts";
import type { SectionCue, SectionName } from "./sections.ts";

/** A section that holds at some place of a text. */
export interface InForce {
  section: SectionName | null;
  /** The words that announced it. */
  words: string;
  decides: boolean;
}

export const inForce = (text: string, cue: SectionCue): InForce => ({
  section: cue.section,
  words: text.slice(cue.start, cue.end) || "a concluding phrase",
  decides: cue.decides,
});

/**
 * The section that holds for a clause of the passage: of the last cue before it, or of one right
 * behind it ("the slow pace in the audio"); such a trailing cue speaks of nothing else. `lasting`
 * where there is none. Cues are looked at once, not once a clause.
 */
export function sectionsIn(passage: Passage, lasting: InForce): (clause: Span) => InForce {
  const { text, cues } = passage;
  const trailing = cues.map((cue) => isTrailing(passage, cue));
  /** For each cue the last one up to it that holds for what comes after. */
  const announced: (SectionCue | undefined)[] = [];
  for (const [index, cue] of cues.entries()) {
    const holds = cue.section !== null && !trailing[index];
    announced.push(holds ? cue : announced[index - 1]);
  }
  return ({ start, end }) => {
    const behind = firstIndex(cues, (cue) => cue.start >= end);
    const next = cues[behind];
    if (next && next.section !== null && trailing[behind]) {
      if (firstOther(text, end, /\s/) >= next.start) return inForce(text, next);
    }
    const before = announced[firstIndex(cues, (cue) => cue.start > start) - 1];
    return before ? inForce(text, before) : lasting;
  };
}

/** Ends a part of its sentence, behind a word: "the slow pace in the audio, …". */
function isTrailing({ text, sentence }: Passage, cue: SectionCue): boolean {
  if (cue.decides || !followsWord(text, sentence.start, cue.start)) return false;
  return /^\s*(?:[,.;]|and\b|$)/.test(text.slice(cue.end, Math.min(sentence.end, cue.end + 5)));
}

/** Whether a word and white space stand before `at`, none of it before `from`. */
function followsWord(text: string, from: number, at: number): boolean {
  let end = at;
  while (end > from && /\s/.test(text[end - 1]!)) end--;
  return end < at && /[\p{L}\p{N}]$/u.test(text.slice(Math.max(from, end - 2), end));
}
