import { firstIndex } from "../core/first-index.ts";
import { rulesByStem, type StateRule } from "./states.ts";
import { stem, wordsOf } from "./words.ts";

/** A motion, neither of its ends: a head that bobs up and down is not bowed. */
const toAndFro = /\bup and down\b/g;

/** Each word that can name a state goes with the nearest carrier it can belong to. */
export function namedStates(text: string): StateRule[] {
  const { stems, compounds } = stemsOf(text);
  const nearest = nearestOf(stems);
  const named: { at: number; rules: readonly StateRule[] }[] = [];
  /** Factors that the carrier at an index has got a state of. */
  const taken = new Map<number, Set<string>>();
  stems.forEach((word, at) => {
    const compound = rulesByStem.get(compounds.get(at) ?? "");
    const found = nearest(compound ?? rulesByStem.get(word) ?? [], at);
    if (!found) return;
    named.push({ at, rules: found.rules });
    const factors = taken.get(found.carrier) ?? new Set();
    taken.set(found.carrier, factors);
    for (const { factor } of found.rules) factors.add(factor);
  });
  // In "increasingly loud" the word "loud" is what grows, not a state of its own.
  return named.flatMap(({ at, rules }) =>
    rules.filter(({ factor }) => !taken.get(at)?.has(factor)),
  );
}

/** Stems of all parts of words, and the stem of a compound at the index of its first part. */
function stemsOf(text: string): { stems: string[]; compounds: Map<number, string> } {
  const stems: string[] = [];
  const compounds = new Map<number, string>();
  for (const { lower, stems: parts } of wordsOf(text.toLowerCase().replace(toAndFro, " "))) {
    if (parts.length > 1) compounds.set(stems.length, stem(lower));
    for (const part of parts) stems.push(part);
  }
  return { stems, compounds };
}

/** The carrier of a state word, −1 where it is its own, and the rules that speak of it. */
interface Found {
  carrier: number;
  rules: readonly StateRule[];
}

function nearestOf(stems: readonly string[]) {
  const nearestCarrier = nearestCarrierOf(stems);
  return (rules: readonly StateRule[], at: number): Found | undefined => {
    let best = Number.POSITIVE_INFINITY;
    let carrier = -1;
    let chosen: StateRule[] = [];
    for (const rule of rules) {
      const place = rule.carriers.length === 0 ? at : nearestCarrier(rule.carriers, at);
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
  };
}

/**
 * Nearest of some carriers to a place that is not its own; the earlier of two equally near. Their
 * places are listed once a text.
 */
function nearestCarrierOf(stems: readonly string[]) {
  const places = new Map<readonly string[], number[]>();
  const placesOf = (carriers: readonly string[]): number[] => {
    let found = places.get(carriers);
    if (!found) {
      found = [];
      for (const [index, word] of stems.entries()) if (carriers.includes(word)) found.push(index);
      places.set(carriers, found);
    }
    return found;
  };
  return (carriers: readonly string[], at: number): number | undefined => {
    const found = placesOf(carriers);
    const next = firstIndex(found, (place) => place >= at);
    const before = found[next - 1];
    const after = found[next] === at ? found[next + 1] : found[next];
    if (before === undefined || after === undefined) return before ?? after;
    return after - at < at - before ? after : before;
  };
}
