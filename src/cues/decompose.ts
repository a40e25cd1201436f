import { extractClaims } from "./claims.ts";
import type { Claim, Cue, CueModality, CueSet } from "./cue.ts";
import { isEmpty, tally } from "./fragment.ts";
import { parseResponse } from "./response.ts";
import { type Word, wordsOf } from "./words.ts";

/** Name and version of this extractor; changes whenever its output may. */
export const extractorId = "rules-1";

const maxWords = 8;

/**
 * Cues of a reference: its visual, acoustic and emotion statements as short phrases, each once,
 * polarity kept. Conclusions that name no feeling and quoted speech are dropped. `text` may be bare
 * reasoning or a response with `<think>`; spans refer to `text`.
 *
 * A cue has 1 to 8 words. Long statements lose subjects, articles and degrees first and, if that is
 * not enough, what is farthest from the words that carry the evidence.
 */
export function decomposeReference(text: string): CueSet {
  const { span, text: reasoning } = parseResponse(text).think ?? { span: { start: 0 }, text };
  const seen = new Set<string>();
  const cues = extractClaims(reasoning, span.start)
    .filter(({ repeated }) => !repeated)
    .flatMap((claim) => toCue(claim) ?? [])
    .filter((cue) => {
      const key = `${cue.modality}/${cue.positive}/${cue.text.toLowerCase()}`;
      return !seen.has(key) && seen.add(key);
    });
  return { cues, extractor: extractorId };
}

function toCue({ modality, text, positive, span }: Claim): Cue | undefined {
  if (modality === "neutral") return undefined;
  const phrase = cuePhrase(modality, text);
  return phrase === "" ? undefined : { modality, text: phrase, positive, span };
}

/**
 * The short phrase that a statement is as a cue; "" if an emotion statement names no feeling, and
 * for a text without a word ("😀"). Matching reduces claims the same way: treated differently, one
 * statement would not resemble itself.
 */
export function cuePhrase(modality: CueModality, text: string): string {
  return modality === "emotion" ? feelingPhrase(text) : shorten(text);
}

/** Words in front that only say whose state it is. */
const leadIn = new Set(
  `the in a an his her their its he she they this that there is are was were has have with who i we one it
  show shows appears seems to be been also very character person man woman lady speaker male female
  middle-aged young voice's`.split(/\s+/),
);
/**
 * "the character's", "of the woman": owners, which a cue leaves out. The group passes over a chain
 * "a-a-a-…" that no owner begins with, up to where a shorter one could: each part of it would read
 * the chain to its end otherwise.
 */
const owner =
  /\b(?:of )?(?:the |this |that |a )?(?:[\p{L}-]+ )?(?:character|person|man|woman|lady|boy|girl|speaker|protagonist)(?:[’']s)?(?= |$)|(\b[\p{L}-]+(?=[\p{L}-]{12}))/giu;
const degrees = new Set(
  `relatively somewhat slightly quite rather very more also overall appears seems seem appear to be is are
  was were becomes remains his her their its the a an`.split(/\s+/),
);

function shorten(text: string): string {
  let words = withoutLead(wordsOf(text));
  if (words.length === 0) return "";
  if (words.length <= maxWords) return sliceOf(text, words);
  const plain = text.replace(owner, (_all, passed?: string) => passed ?? " ");
  words = withoutLead(wordsOf(plain));
  if (words.length <= maxWords) return joined(words);
  words = words.filter(({ lower }) => !degrees.has(lower));
  return joined(window(words));
}

/** Words a phrase can't end with. "tipped over" and "looking down" can. */
const dangling = new Set(
  `a an the of with and or but to in at on from by for as his her its their that who which is are
  was were be very more`.split(/\s+/),
);

function withoutLead(words: readonly Word[]): Word[] {
  let from = 0;
  let to = words.length;
  while (to - from > 1 && leadIn.has(words[from]!.lower.replace(/[’']s$/, ""))) from++;
  while (to - from > 1 && dangling.has(words[to - 1]!.lower)) to--;
  return words.slice(from, to);
}

/** Original characters, so that "high-pitched, tense voice" keeps its comma. */
function sliceOf(text: string, words: readonly Word[]): string {
  return text.slice(words[0]!.start, words.at(-1)!.end).replace(/\s+/g, " ");
}

const joined = (words: readonly Word[]): string => words.map(({ lower }) => lower).join(" ");

/** The eight neighbouring words that carry most evidence; the earliest of equals. */
function window(words: readonly Word[]): Word[] {
  let best = 0;
  let most = -1;
  for (let from = 0; from + maxWords <= words.length || from === 0; from++) {
    const { visual, acoustic, manners } = tally(words.slice(from, from + maxWords));
    if (visual + acoustic + manners > most) {
      most = visual + acoustic + manners;
      best = from;
    }
  }
  return withoutLead(words.slice(best, best + maxWords));
}

/** "indicating that she is happy and relieved" → "happy and relieved". */
function feelingPhrase(text: string): string {
  const words = wordsOf(text);
  const feels = (word: Word) => tally([word]).emotionWords.length > 0;
  const first = words.findIndex(feels);
  if (first === -1) return "";
  let from = first;
  while (from > 0 && first - from < 2 && describes(words[from - 1]!)) from--;
  if (from > 0 && /^(?:not|no|without|never)$/.test(words[from - 1]!.lower)) from--;
  let to = words.findLastIndex((word, index) => index < from + maxWords && feels(word)) + 1;
  if (to <= from) to = first + 1;
  return sliceOf(text, words.slice(from, to));
}

/** "deep sorrow", "slightly worried": a degree belongs to the feeling; "mostly", "likely" don't. */
const describes = (word: Word): boolean =>
  !isEmpty(word) &&
  /(?:ly|deep|strong|mild|intense|inner|great|genuine)$/.test(word.lower) &&
  !/^(?:most|main|like|probab|possib|apparent|final|real|general|usual|typical)ly$/.test(
    word.lower,
  );
