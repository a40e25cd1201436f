import { type Aspect, aspects, negations, voiceNames } from "./thesaurus.ts";

/**
 * A statement about one thing: `state` undefined where only the thing is named; sign −1 if negated.
 */
export interface Concept {
  aspect: string;
  state?: string;
  sign: 1 | -1;
}

/** Finds the words of a text that belong to one list of the thesaurus. */
type Finder = (words: readonly string[]) => string[];
type States = readonly (readonly [state: string, find: Finder])[];

interface CompiledAspect {
  aspect: string;
  names: Finder;
  states: States;
  voiced: States;
  alone: States;
  dominant: readonly string[];
  /** A property of the voice, which the text may name instead of the property. */
  acoustic: boolean;
}

const compiled: readonly CompiledAspect[] = Object.entries(aspects).map(compile);
const findVoice = finder(voiceNames);
const findNegation = finder(negations);

/**
 * What a short text says of face, voice and feeling. Three readings, each of the words that the one
 * before left: states of things that are named, of a voice that is named, and words that say thing
 * and state at once. Things named without a state count only where nothing has one ("eyes looking
 * down" is about the gaze, not the eyes).
 */
export function conceptsOf(text: string): Concept[] {
  const words = wordsOf(text);
  const named = compiled.filter(({ names }) => names(words).length > 0);
  // "low volume" says nothing of the pitch: the voice counts only where no property of it is named.
  const voiced =
    findVoice(words).length > 0 && !named.some(({ acoustic }) => acoustic) ? compiled : [];
  const readings = [
    named.map((entry) => ({ entry, states: entry.states })),
    voiced.map((entry) => ({ entry, states: entry.voiced })),
    compiled.map((entry) => ({ entry, states: entry.alone })),
  ];
  const sign = findNegation(words).length % 2 === 1 ? -1 : 1;
  const concepts: Concept[] = [];
  let left: readonly string[] = words;
  for (const reading of readings) {
    const read = reading.map(({ entry, states }) => readStates(entry, states, left));
    concepts.push(
      ...read.flatMap(({ found }) => found.map((concept) => ({ ...concept, sign }) as Concept)),
    );
    const used = new Set(read.flatMap((part) => part.used));
    left = left.filter((word) => !used.has(word));
  }
  return concepts.length > 0 ? concepts : named.map(({ aspect }) => ({ aspect, sign: 1 }));
}

/** Lower-case words; hyphenated ones fall into their parts. */
export function wordsOf(text: string): string[] {
  return (
    text
      .toLowerCase()
      .replaceAll("’", "'")
      .match(/[\p{L}\p{N}']+/gu) ?? []
  );
}

function readStates(
  { aspect, dominant }: CompiledAspect,
  states: States,
  words: readonly string[],
): { found: { aspect: string; state: string }[]; used: string[] } {
  const hits = states
    .map(([state, find]) => ({ state, used: find(words) }))
    .filter(({ used }) => used.length > 0);
  const winner = hits.find(({ state }) => dominant.includes(state));
  return {
    found: (winner ? [winner] : hits).map(({ state }) => ({ aspect, state })),
    used: hits.flatMap(({ used }) => used),
  };
}

function compile([aspect, entry]: [string, Aspect]): CompiledAspect {
  const list = (states: Readonly<Record<string, string>> = {}): States =>
    Object.entries(states).map(([state, words]) => [state, finder(words)]);
  return {
    aspect,
    names: finder(entry.names),
    states: list(entry.states),
    voiced: list(entry.voiced),
    alone: list(entry.alone),
    dominant: entry.dominant ?? [],
    acoustic: entry.voiced !== undefined,
  };
}

function finder(list: string): Finder {
  const entries = list.split(" ").filter((entry) => entry !== "");
  const exact = new Set(entries.filter((entry) => !entry.endsWith("*")));
  const stems = entries.filter((entry) => entry.endsWith("*")).map((entry) => entry.slice(0, -1));
  return (words) =>
    words.filter((word) => exact.has(word) || stems.some((stem) => word.startsWith(stem)));
}
