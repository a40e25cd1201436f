import { pythonStrip } from "../../core/python-text.ts";
import type { EmotionMapping } from "./mapping.ts";

/**
 * How words become comparable: M1 by inflection, M2 by inflection and synonyms, M3 by the cluster
 * of one wheel (index from 0) on one level. Scores use M3 only.
 */
export type GroupingKind =
  | { method: "M1" }
  | { method: "M2" }
  | { method: "M3"; wheel: number; level: 1 | 2 };

/** Words in, their groups out, each once; words that no list knows are dropped. */
export type Grouping = (words: readonly string[]) => string[];

/** A grouping that looks every distinct word up once. */
export function createGrouping(mapping: EmotionMapping, kind: GroupingKind): Grouping {
  const known = new Map<string, string | undefined>();
  return (words) => {
    // Groups are few, so a list with a linear search beats a Set several times over.
    const groups: string[] = [];
    for (const word of words) {
      let group = known.get(word);
      if (group === undefined && !known.has(word)) {
        group = groupOf(mapping, kind, pythonStrip(word.toLowerCase()));
        known.set(word, group);
      }
      if (group !== undefined && !groups.includes(group)) groups.push(group);
    }
    return groups;
  };
}

function groupOf(mapping: EmotionMapping, kind: GroupingKind, word: string): string | undefined {
  const bases = mapping.forms.get(word) ?? [];
  const first = bases[0];
  if (first === undefined || kind.method === "M1") return first;
  if (kind.method === "M2") return mapping.synonyms.get(first)?.[0];
  const wheel = mapping.wheels[kind.wheel]!;
  const clusters = kind.level === 1 ? wheel.level1 : wheel.level2;
  return firstOnWheel(
    bases.flatMap((base) => mapping.synonyms.get(base) ?? []),
    clusters,
  );
}

/** The cluster of the first candidate, by code point, that stands on the wheel. */
function firstOnWheel(
  candidates: readonly string[],
  clusters: ReadonlyMap<string, string>,
): string | undefined {
  let first: string | undefined;
  for (const candidate of candidates) {
    if (clusters.has(candidate) && (first === undefined || candidate < first)) first = candidate;
  }
  return first === undefined ? undefined : clusters.get(first);
}

/** How many groups both have. */
export function shared(a: readonly string[], b: readonly string[]): number {
  let count = 0;
  for (const group of a) if (b.includes(group)) count++;
  return count;
}
