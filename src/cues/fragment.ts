import { type Entry, lookUp } from "./lexicon.ts";
import type { Word } from "./words.ts";

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
  emotions: number;
  /** Content words the lexicon doesn't know. */
  other: number;
  content: number;
  /** Words that decided, for the reason shown to people. */
  visualWords: string[];
  acousticWords: string[];
  emotionWords: string[];
}

/** Generic nouns and verbs that describe nothing by themselves. */
const empty = new Set(
  `character person man woman lady boy girl male female gentleman speaker people protagonist video clip audio
  show shows showing shown appear appears appearing seem seems seeming display displays displaying
  stands stand out hint sense bit sign notable slight slightly somewhat clearly evident obvious
  visible noticeable`.split(/\s+/),
);

/** Counts what the lexicon knows of `words`. */
export function tally(words: readonly Word[]): Tally {
  const sum: Tally = {
    visual: 0,
    acoustic: 0,
    carriers: { visual: 0, acoustic: 0 },
    observed: 0,
    events: 0,
    manners: 0,
    emotions: 0,
    other: 0,
    content: 0,
    visualWords: [],
    acousticWords: [],
    emotionWords: [],
  };
  for (const word of words) {
    if (word.stop) continue;
    sum.content++;
    let known = false;
    for (const part of word.stems) {
      const entry = lookUp(word.lower, part);
      if (!entry) continue;
      known = true;
      add(sum, word.lower, entry);
      if (word.stems.length === 1 || entry === lookUp(word.lower, "")) break;
    }
    if (!known && !empty.has(word.lower)) sum.other++;
  }
  return sum;
}

function add(sum: Tally, word: string, entry: Entry): void {
  sum.visual += entry.visual;
  sum.acoustic += entry.acoustic;
  if (entry.visual > 0) sum.visualWords.push(word);
  if (entry.acoustic > 0) sum.acousticWords.push(word);
  if (entry.kind === "carrier") {
    if (entry.visual > 0) sum.carriers.visual++;
    else sum.carriers.acoustic++;
  } else if (entry.kind) {
    sum.observed++;
    if (entry.kind === "event") sum.events++;
  }
  if (entry.manner) sum.manners++;
  if (entry.emotion) {
    sum.emotions++;
    sum.emotionWords.push(word);
  }
}

/** Does the passage state something by itself, or does it wait for a neighbour? */
export function isComplete(sum: Tally): boolean {
  if (sum.events > 0) return true;
  const carriers = sum.carriers.visual + sum.carriers.acoustic;
  if (carriers > 0)
    return sum.observed + sum.manners + sum.emotions + sum.other > 0 || carriers > 2;
  return sum.content > 3;
}
