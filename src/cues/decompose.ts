import { extractClaims } from "./claims.ts";
import type { Claim, Cue, CueSet, Span } from "./cue.ts";
import { parseResponse } from "./response.ts";
import { trimmed } from "./sentences.ts";
import { wordsOf } from "./words.ts";

/** Name and version of this extractor; changes whenever its output may. */
export const extractorId = "rules-1";

const maxWords = 8;

/**
 * Cues of a reference: its visual, acoustic and emotion statements as short phrases, each once.
 * Conclusions without a feeling, quoted speech and settings of the scene are dropped; polarity is kept.
 * `text` may be bare reasoning or a response with `<think>`; spans refer to `text`.
 */
export function decomposeReference(text: string): CueSet {
  const { span, text: reasoning } = parseResponse(text).think ?? { span: { start: 0 }, text };
  const cues = extractClaims(reasoning, span.start)
    .filter(({ repeated }) => !repeated)
    .flatMap((claim) => toCue(claim, text) ?? []);
  return { cues: withoutDuplicates(cues), extractor: extractorId };
}

function toCue(claim: Claim, text: string): Cue | undefined {
  if (claim.modality === "neutral") return undefined;
  const span = shorten(claim.span, text);
  if (!span) return undefined;
  return {
    modality: claim.modality,
    text: text.slice(span.start, span.end),
    positive: claim.positive,
    span,
  };
}

const leadIn = new Set(
  `the a an his her their its he she they this that there is are was were has have with who i we one it
  character character's person person's man man's woman woman's speaker speaker's lady male female
  shows show appears seems appear seem to be been also very`.split(/\s+/),
);

/** Drops subjects and articles in front, then keeps at most eight words. */
function shorten(span: Span, text: string): Span | undefined {
  const words = wordsOf(text.slice(span.start, span.end));
  while (words.length > 1 && leadIn.has(words[0]!.lower)) words.shift();
  const kept = words.slice(0, maxWords);
  while (kept.length > 1 && kept.at(-1)!.stop) kept.pop();
  if (kept.length === 0) return undefined;
  return trimmed(text, span.start + kept[0]!.start, span.start + kept.at(-1)!.end);
}

function withoutDuplicates(cues: readonly Cue[]): Cue[] {
  const seen = new Set<string>();
  return cues.filter((cue) => {
    const key = `${cue.modality}/${cue.positive}/${cue.text.toLowerCase()}`;
    return !seen.has(key) && seen.add(key);
  });
}
