import { namedStates } from "./named-states.ts";
import { isNegator } from "./negators.ts";
import { carrierStems } from "./states.ts";
import { type Word, wordsOf } from "./words.ts";

const idioms =
  /\b(?:not only|not just|no doubt|not to mention|can(?:not|'t| not) help (?:but )?|no longer hid\w+)\b/g;

const neitherNor = /\bneither\b|\bnor\b|[\n\r\u2028\u2029]/g;

/**
 * True when a statement affirms, false when it denies: parity of its negations ("not without a
 * smile" affirms). "not only", "no doubt" and the like deny nothing.
 */
export function polarityOf(text: string): boolean {
  const plain = text.toLowerCase().replaceAll("’", "'").replace(idioms, " ");
  return countNegators(wordsOf(oneDenial(plain))) % 2 === 0;
}

/** "neither … nor" on one line is one denial in two words: "not … or". */
function oneDenial(text: string): string {
  if (!text.includes("neither")) return text;
  let plain = "";
  let from = 0;
  let neither = -1;
  for (const { 0: found, index } of text.matchAll(neitherNor)) {
    if (found === "neither") {
      if (neither === -1) neither = index;
    } else {
      if (found === "nor" && neither !== -1) {
        plain += `${text.slice(from, neither)}not${text.slice(neither + "neither".length, index)}or`;
        from = index + found.length;
      }
      neither = -1;
    }
  }
  return plain + text.slice(from);
}

function countNegators(words: readonly Word[]): number {
  return words.reduce((sum, word) => sum + (isNegator(word) ? 1 : 0), 0);
}

/** What a statement is held against: its polarity, and the states it names as `statesOf` does. */
export const readingOf = (text: string): Pick<Reading, "positive" | "named"> => read(text);

/** States a statement names, as "factor=state" ("brows=raised"); negation is not looked at. */
export const statesOf = (text: string): ReadonlySet<string> => read(text).named;

/**
 * True when two statements can't describe the same moment: one denies what the other affirms
 * ("not smiling" and "smiling"), or they give one factor different states ("raised brows" and
 * "lowered brows", "high pitch" and "low pitch"). Symmetric. Statements about different things, and
 * two denials, never contradict. Similarity of embeddings misses this (docs/method.md#similarity).
 */
export function contradicts(a: string, b: string): boolean {
  const left = read(a);
  const right = read(b);
  if (left.positive && right.positive) return differentStates(left.states, right.states);
  if (left.positive === right.positive) return false;
  return sameStatement(left, right);
}

interface Reading {
  positive: boolean;
  /** factor → states */
  states: ReadonlyMap<string, ReadonlySet<string>>;
  /** "factor=state" */
  named: ReadonlySet<string>;
  content: ReadonlySet<string>;
}

const readings = new Map<string, Reading>();
const maxReadings = 10_000;
/** UTF-16 units of a text that is worth keeping: a claim is shorter. */
const maxRemembered = 1_000;

/** Memoised: matching compares every claim of a group with every cue of a reference. */
function read(text: string): Reading {
  let reading = readings.get(text);
  if (!reading) {
    const words = wordsOf(text.toLowerCase());
    const states = new Map<string, Set<string>>();
    const named = new Set<string>();
    for (const { factor, state } of namedStates(text)) {
      const set = states.get(factor) ?? new Set();
      states.set(factor, set.add(state));
      named.add(`${factor}=${state}`);
    }
    const content = words
      .filter((word) => !word.stop && !isNegator(word))
      .flatMap(({ stems }) => stems)
      .filter((word) => !carrierStems.has(word));
    reading = { positive: polarityOf(text), states, named, content: new Set(content) };
    if (text.length > maxRemembered) return reading;
    if (readings.size >= maxReadings) readings.clear();
    readings.set(text, reading);
  }
  return reading;
}

function differentStates(a: Reading["states"], b: Reading["states"]): boolean {
  for (const [factor, states] of a) {
    const others = b.get(factor);
    if (others && ![...states].some((state) => others.has(state))) return true;
  }
  return false;
}

/** Do both speak of the same state? By factor where both name one, else by shared content words. */
function sameStatement(a: Reading, b: Reading): boolean {
  let compared = false;
  for (const [factor, states] of a.states) {
    const others = b.states.get(factor);
    if (!others) continue;
    compared = true;
    if ([...states].some((state) => others.has(state))) return true;
  }
  if (compared) return false;
  const [few, many] =
    a.content.size <= b.content.size ? [a.content, b.content] : [b.content, a.content];
  const shared = [...few].filter((word) => many.has(word)).length;
  return few.size > 0 && shared * 2 >= few.size;
}
