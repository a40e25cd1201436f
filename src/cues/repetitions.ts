import type { Claim } from "./cue.ts";

/** What a claim says, for telling whether another one says it as well. */
export interface Signature {
  modality: Claim["modality"];
  positive: boolean;
  stems: ReadonlySet<string>;
  /** Factor and value where the words name them: "brows=raised". */
  states: ReadonlySet<string>;
}

/** Earlier claims of one modality and polarity. */
interface Earlier {
  /** States of claims that name some. */
  states: Supersets;
  /** Stems of claims that name states, and of those that name none. */
  stemsOfStated: Supersets;
  stemsOfOthers: Supersets;
}

/**
 * Tells of claims, in order, whether one says nothing that an earlier one did not: the same states
 * of the same factors where both name some, no new word otherwise.
 */
export function createRepetitions(): (claim: Signature) => boolean {
  const kinds = new Map<string, Earlier>();
  return ({ modality, positive, stems, states }) => {
    const kind = `${modality}/${positive}`;
    const earlier = kinds.get(kind) ?? newEarlier();
    kinds.set(kind, earlier);
    const { stemsOfStated, stemsOfOthers } = earlier;
    const inOthers = stemsOfOthers.has(stems);
    if (states.size === 0) {
      const repeated = inOthers || stemsOfStated.has(stems);
      if (!inOthers) stemsOfOthers.add(stems);
      return repeated;
    }
    const inStates = earlier.states.has(states);
    if (!inStates) earlier.states.add(states);
    if (!stemsOfStated.has(stems)) stemsOfStated.add(stems);
    return inStates || inOthers;
  };
}

const newEarlier = (): Earlier => ({
  states: createSupersets(),
  stemsOfStated: createSupersets(),
  stemsOfOthers: createSupersets(),
});

/** Sets of words, by their words. */
interface Supersets {
  add(set: ReadonlySet<string>): void;
  /** Whether one of the sets holds all words of this one, which has some. */
  has(set: ReadonlySet<string>): boolean;
}

/**
 * Only sets with the rarest word of a set are looked at: comparing each claim with every earlier
 * one takes a second for the thousands of claims of a text without full stops.
 */
function createSupersets(): Supersets {
  const byWord = new Map<string, ReadonlySet<string>[]>();
  return {
    add(set) {
      for (const word of set) {
        const holders = byWord.get(word);
        if (holders) holders.push(set);
        else byWord.set(word, [set]);
      }
    },
    has(set) {
      let fewest: ReadonlySet<string>[] = [];
      for (const word of set) {
        const holders = byWord.get(word);
        if (holders === undefined) return false;
        if (fewest.length === 0 || holders.length < fewest.length) fewest = holders;
      }
      return fewest.some((other) => other.size >= set.size && isSubset(set, other));
    },
  };
}

function isSubset<T>(inner: ReadonlySet<T>, outer: ReadonlySet<T>): boolean {
  for (const item of inner) if (!outer.has(item)) return false;
  return true;
}
