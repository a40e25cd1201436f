import type { EvidenceModality, Span } from "../../../cues/cue.ts";
import { modalityOf } from "../../../cues/streams.ts";

/** A stretch of reasoning that makes one statement, and the section it stands in. */
export interface Segment {
  text: string;
  /** Place in the whole response. */
  span: Span;
  section: EvidenceModality | null;
}

const sectionStart = /^\s*in the (video|audio)\b,?/i;
const opening = /^\s*(?:in the (?:video|audio)\b,?)?\s*(?:(?:i|one) (?:sees?|hears?)\b)?\s*/i;
/**
 * A sentence about face and voice together weighs them; it belongs to neither section and isn't
 * split.
 */
const comparison =
  /^\s*(?:they (?:dis)?agree|both express)\b|\bface\b.*\bvoice\b|\bvoice\b.*\bface\b/i;
const joint = /,\s*|\s+and(?:\s+|$)/g;

/**
 * Splits a response's reasoning into statements, by punctuation and "and" alone. On purpose it
 * shares nothing with `src/cues`, which the reward reads responses with: what the reward can be
 * fooled by must not fool the benchmark too.
 */
export function segmentReasoning(response: string): Segment[] {
  const { text, offset } = reasoning(response);
  const out: Segment[] = [];
  let section: EvidenceModality | null = null;
  for (const match of text.matchAll(/[^.!?\n]+/g)) {
    const sentence = match[0];
    const named = sectionStart.exec(sentence)?.[1]?.toLowerCase() as "video" | "audio" | undefined;
    if (named !== undefined) section = modalityOf[named];
    const whole = comparison.test(sentence);
    if (whole) section = null;
    const skip = opening.exec(sentence)?.[0].length ?? 0;
    for (const span of pieces(sentence.slice(skip), offset + match.index + skip, whole)) {
      out.push({ text: response.slice(span.start, span.end), span, section });
    }
  }
  return out;
}

/** Inside of `<think>`; of a response that lost a tag, what comes before the answer. */
function reasoning(response: string): { text: string; offset: number } {
  const open = response.indexOf("<think>");
  const offset = open < 0 ? 0 : open + "<think>".length;
  const rest = response.slice(offset);
  const end = rest.search(/<\/think>|<answer>/);
  return { text: end < 0 ? rest : rest.slice(0, end), offset };
}

function pieces(text: string, offset: number, whole: boolean): Span[] {
  const out: Span[] = [];
  let start = 0;
  const add = (end: number): void => {
    const raw = text.slice(start, end);
    const trimmed = raw.trim();
    if (trimmed === "") return;
    const from = offset + start + raw.indexOf(trimmed);
    out.push({ start: from, end: from + trimmed.length });
  };
  for (const match of whole ? [] : text.matchAll(joint)) {
    add(match.index);
    start = match.index + match[0].length;
  }
  add(text.length);
  return out;
}
