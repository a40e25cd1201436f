import type { Cue, CueModality } from "../cue.ts";
import { polarityOf } from "../polarity.ts";
import { findQuote, once } from "./quotes.ts";

const fewest = 2;
const most = 6;

/**
 * What the paper's printed extraction asks of each phrase (docs/method.md#cues):
 * 2 to 6 words that stand in the text.
 * @returns what is wrong with the phrase, as a model may be told; null where nothing is
 */
export function brokenRule(phrase: string, text: string): string | null {
  const words = wordsOf(phrase);
  if (words < fewest || words > most) {
    return `"${phrase}" has ${words} word${words === 1 ? "" : "s"}, not ${fewest} to ${most}`;
  }
  return findQuote(phrase, text) ? null : `"${phrase}" does not stand in the text`;
}

const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
const segmenter = new Intl.Segmenter("zh", { granularity: "word" });

/** Words between spaces; in scripts that write none, as Unicode segments them. */
function wordsOf(phrase: string): number {
  if (!unspaced.test(phrase)) return phrase.split(/\s+/).length;
  return [...segmenter.segment(phrase)].filter(({ isWordLike }) => isWordLike).length;
}

/** Phrases that keep to the rules as cues, each once, where they first stand in the text. */
export function cuesOfPhrases(
  modality: CueModality,
  phrases: readonly string[],
  text: string,
): Cue[] {
  return once(
    phrases.map((phrase) => ({
      modality,
      text: phrase,
      positive: polarityOf(phrase),
      span: findQuote(phrase, text)!,
    })),
  );
}
