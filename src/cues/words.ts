import type { Span } from "./cue.ts";

/** A word of a text: letters with inner apostrophes and hyphens ("high-pitched" is one word). */
export interface Word extends Span {
  lower: string;
  /** Stems of its hyphen-separated parts: ["high", "pitch"]. */
  stems: readonly string[];
  /** A function word: carries no evidence of its own. */
  stop: boolean;
}

const wordPattern = /[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu;

/** Words of `text` with their offsets in it (UTF-16 code units). */
export function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  for (const match of text.matchAll(wordPattern)) {
    const form = formOf(match[0].toLowerCase().replaceAll("’", "'"));
    words.push({ start: match.index, end: match.index + match[0].length, ...form });
  }
  return words;
}

type Form = Omit<Word, keyof Span>;
const forms = new Map<string, Form>();
/** Rollouts repeat a few hundred words; the bounds only guard against endless odd input. */
const maxForms = 20_000;
const maxRemembered = 64;

function formOf(lower: string): Form {
  let form = forms.get(lower);
  if (!form) {
    const parts = lower.split("-").map((part) => part.replace(/'s$|'$/, ""));
    form = { lower, stems: parts.map(stem), stop: isStopWord(lower) };
    if (lower.length > maxRemembered) return form;
    if (forms.size >= maxForms) forms.clear();
    forms.set(lower, form);
  }
  return form;
}

/**
 * Removes English inflection so that "raises", "raised" and "raising" meet. Deliberately blunt: it
 * is applied to the lexicon as well, so only collisions matter, not whether the result is a word.
 */
export function stem(word: string): string {
  let base = word;
  if (base.length > 4 && base.endsWith("ly")) base = base.slice(0, -2);
  if (base.length > 4 && base.endsWith("ies")) base = `${base.slice(0, -3)}y`;
  else if (base.length > 4 && /(?:s|x|z|ch|sh)es$/.test(base)) base = base.slice(0, -2);
  else if (base.length > 3 && base.endsWith("s") && !/(?:ss|us|is)$/.test(base))
    base = base.slice(0, -1);
  if (base.length > 5 && base.endsWith("ing")) base = base.slice(0, -3);
  else if (base.length > 4 && base.endsWith("ied")) base = `${base.slice(0, -3)}y`;
  else if (base.length > 4 && base.endsWith("ed") && !base.endsWith("eed"))
    base = base.slice(0, -2);
  if (base.length > 3 && /([bdgmnprt])\1$/.test(base)) base = base.slice(0, -1);
  if (base.length > 3 && base.endsWith("e")) base = base.slice(0, -1);
  if (base.length > 3 && base.endsWith("i")) base = `${base.slice(0, -1)}y`;
  return base;
}

const stopWords = new Set(
  `a about above across after again against all along also although always am an and another any are
  around as at be became because become becomes been before behind being below between both but by
  can can't cannot could did didn't do does doesn't doing don't done during each either else
  even ever every few first for from further get gets getting had has hasn't have having he he's her
  here hers herself him himself his how however i i'm if in into is isn't it it's its itself just
  kind less let like made make makes many may maybe me might more most much must my near neither no
  nor not now of off on once one only onto or other others our out over overall own part per perhaps
  possibly quite rather same she she's should since so some someone something sort still such than
  that that's the their them then there there's these they this those though through throughout to
  too toward towards under until upon us very via was wasn't we were weren't what when
  where whereas whether which while who whom whose why will with within without won't would yet you
  your additionally moreover furthermore meanwhile therefore thus hence finally lastly next`.split(
    /\s+/,
  ),
);

function isStopWord(lower: string): boolean {
  return stopWords.has(lower) || /^\d+$/.test(lower);
}
