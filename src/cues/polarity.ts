import { carrierStems, rulesByStem, type StateRule } from "./states.ts";
import { stem, type Word, wordsOf } from "./words.ts";

const negators = new Set(
  `not no never without neither nor hardly barely scarcely cannot nothing none lack lacks lacking lacked
  absent absence devoid fails fail failed stops stop stopped refuses avoids non`.split(/\s+/),
);
const idioms =
  /\b(?:not only|not just|no doubt|not to mention|can(?:not|'t| not) help (?:but )?|no longer hid\w+)\b/g;

/** One denial in two words. */
const neitherNor = /\bneither\b(.*?)\bnor\b/g;

/**
 * True when a statement affirms, false when it denies: parity of its negations ("not without a
 * smile" affirms). "not only", "no doubt" and the like deny nothing.
 */
export function polarityOf(text: string): boolean {
  const plain = text
    .toLowerCase()
    .replaceAll("’", "'")
    .replace(idioms, " ")
    .replace(neitherNor, "not$1or");
  return countNegators(wordsOf(plain)) % 2 === 0;
}

/** A word that denies: counted for polarity, and it keeps "or" in its scope. */
export const isNegator = ({ lower }: Word): boolean => negators.has(lower) || lower.endsWith("n't");

function countNegators(words: readonly Word[]): number {
  return words.reduce((sum, word) => sum + (isNegator(word) ? 1 : 0), 0);
}

/** States a statement names, as "factor=state" ("brows=raised"); negation is not looked at. */
export const statesOf = (text: string): ReadonlySet<string> => read(text).named;

/** A motion, neither of its ends: a head that bobs up and down is not bowed. */
const toAndFro = /\bup and down\b/g;

/** Each word that can name a state goes with the nearest carrier it can belong to. */
function namedStates(text: string): StateRule[] {
  const words = wordsOf(text.toLowerCase().replace(toAndFro, " "));
  const stems: string[] = [];
  const named: { at: number; carrier: number; rules: StateRule[] }[] = [];
  const compounds = new Map<number, string>();
  for (const { lower, stems: parts } of words) {
    if (parts.length > 1) compounds.set(stems.length, stem(lower));
    stems.push(...parts);
  }
  stems.forEach((word, at) => {
    const compound = rulesByStem.get(compounds.get(at) ?? "");
    const found = nearest(compound ?? rulesByStem.get(word) ?? [], stems, at);
    if (found) named.push({ at, ...found });
  });
  // In "increasingly loud" the word "loud" is what grows, not a state of its own.
  return named.flatMap(({ at, rules }) =>
    rules.filter(
      (rule) =>
        !named.some(
          (other) =>
            other.carrier === at && other.rules.some(({ factor }) => factor === rule.factor),
        ),
    ),
  );
}

function nearest(
  rules: readonly StateRule[],
  stems: readonly string[],
  at: number,
): { carrier: number; rules: StateRule[] } | undefined {
  let best = Number.POSITIVE_INFINITY;
  let carrier = -1;
  let chosen: StateRule[] = [];
  for (const rule of rules) {
    const place = rule.carriers.length === 0 ? at : nearestCarrier(rule.carriers, stems, at);
    if (place === undefined) continue;
    const distance = Math.abs(place - at);
    if (distance < best) {
      chosen = [];
      best = distance;
      carrier = place === at ? -1 : place;
    }
    if (distance === best) chosen.push(rule);
  }
  return chosen.length > 0 ? { carrier, rules: chosen } : undefined;
}

function nearestCarrier(
  carriers: readonly string[],
  stems: readonly string[],
  at: number,
): number | undefined {
  let best: number | undefined;
  stems.forEach((candidate, index) => {
    if (index === at || !carriers.includes(candidate)) return;
    if (best === undefined || Math.abs(index - at) < Math.abs(best - at)) best = index;
  });
  return best;
}

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
