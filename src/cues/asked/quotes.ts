import type { Cue, Span } from "../cue.ts";

/** Where a quote stands, whatever its case and white space. */
export function findQuote(quote: string, reference: string): Span | undefined {
  const words = quote
    .trim()
    .split(/\s+/)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const match = new RegExp(words.join("\\s+"), "iu").exec(reference);
  return match ? { start: match.index, end: match.index + match[0].length } : undefined;
}

/** Cues without those that an earlier one of the modality says in the same words. */
export function once(cues: readonly Cue[]): Cue[] {
  const seen = new Set<string>();
  return cues.filter(({ modality, text }) => {
    const key = `${modality}/${text.toLowerCase()}`;
    return !seen.has(key) && seen.add(key);
  });
}
