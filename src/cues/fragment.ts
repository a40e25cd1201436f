import { type Entry, lookUp } from "./lexicon.ts";
import { stem, type Word } from "./words.ts";

/** What the words of a passage amount to, before any modality is chosen. */
export interface Tally {
  visual: number;
  acoustic: number;
  carriers: { visual: number; acoustic: number };
  /** Words that say how a carrier is or what happens: states, events, settings. */
  observed: number;
  events: number;
  /** "calm", "tense": an observation on a carrier, a feeling without one. */
  manners: number;
  /** "mood", "feels": talk of feelings that names none. */
  moods: number;
  /** Content words the lexicon doesn't know. */
  other: number;
  content: number;
  /** Words that decided, for the reason shown to people. */
  visualWords: string[];
  acousticWords: string[];
  emotionWords: string[];
}

/** Generic nouns, verbs and degrees that describe nothing by themselves, by stem. */
const emptyStems = new Set(
  `character person man woman lady boy girl male female gentleman speaker people protagonist video clip
  show appear seem display stand out hint sense bit sign notable notice slight clear evident obvious visible
  relative somewhat overall certain giving state keep remain maintain expressing`
    .split(/\s+/)
    .map(stem),
);
const moodStems = new Set(
  "emotion emotional mood feel feeling felt sentiment".split(" ").map(stem),
);

/** Does a word say anything that another claim could repeat? */
export const isEmpty = (word: Word): boolean =>
  word.stop || word.stems.every((part) => emptyStems.has(part));

export const emptyTally = (): Tally => ({
  visual: 0,
  acoustic: 0,
  carriers: { visual: 0, acoustic: 0 },
  observed: 0,
  events: 0,
  manners: 0,
  moods: 0,
  other: 0,
  content: 0,
  visualWords: [],
  acousticWords: [],
  emotionWords: [],
});

/** Counts what the lexicon knows of `words`. */
export function tally(words: readonly Word[]): Tally {
  const sum = emptyTally();
  for (const word of words) if (!word.stop) addWord(sum, word);
  return sum;
}

/** Counts one word that is no function word. */
export function addWord(sum: Tally, word: Word): void {
  sum.content++;
  const whole = word.stems.length > 1 ? lookUp(word.lower, stem(word.lower)) : undefined;
  const entries = whole ? [whole] : word.stems.map((part) => lookUp(word.lower, part));
  let known = false;
  for (const entry of entries) {
    if (!entry) continue;
    known = true;
    addEntry(sum, word.lower, entry);
  }
  if (word.stems.some((part) => moodStems.has(part))) sum.moods++;
  else if (!known && !isEmpty(word)) sum.other++;
}

function addEntry(sum: Tally, word: string, entry: Entry): void {
  sum.visual += entry.visual;
  sum.acoustic += entry.acoustic;
  if (entry.visual > 0) sum.visualWords.push(word);
  if (entry.acoustic > 0) sum.acousticWords.push(word);
  if (entry.kind === "carrier") sum.carriers[entry.visual > 0 ? "visual" : "acoustic"]++;
  else if (entry.kind) sum.observed++;
  if (entry.kind === "event") sum.events++;
  if (entry.manner) sum.manners++;
  if (entry.emotion) sum.emotionWords.push(word);
}

/** Names something that can be seen or heard to have a state. */
export const hasCarrier = (sum: Tally): boolean => sum.carriers.visual + sum.carriers.acoustic > 0;

/** Says how it is. */
export const isDescribed = (sum: Tally): boolean =>
  sum.observed + sum.manners + sum.emotionWords.length + sum.other + sum.moods > 0;
