/** One emotion wheel: every word of it to its cluster, by level. */
export interface Wheel {
  name: string;
  level1: ReadonlyMap<string, string>;
  level2: ReadonlyMap<string, string>;
}

/** Word lists that lead from any emotion word to clusters of several wheels. */
export interface EmotionMapping {
  /** Names the lists: `unibench` (published), `mer2026` (corrected), `oppo-basic` (ours). */
  id: string;
  /** What readers must know about scores under it; printed with every score. */
  notes: readonly string[];
  /** False where scores compare with no published number. */
  comparable: boolean;
  /** Inflected form → base words, sorted by code point. */
  forms: ReadonlyMap<string, readonly string[]>;
  /** Base word → words of the wheels it is a synonym of, sorted by code point. */
  synonyms: ReadonlyMap<string, readonly string[]>;
  wheels: readonly Wheel[];
}

/** The tables as their owners distribute them. */
export interface MappingTables {
  /** Base word and its inflected forms, of `format.csv`. */
  forms: readonly { word: string; forms: readonly string[] }[];
  /** Wheel word and words a language model called its synonyms; one entry a run and word. */
  synonyms: readonly { word: string; synonyms: readonly string[] }[];
  /** Rows (level 1, level 2, level 3) of each wheel; a blank cell repeats the one above it. */
  wheels: readonly { name: string; rows: readonly WheelRow[] }[];
}

export type WheelRow = readonly [string, string, string];

type Lists = Map<string, Set<string>>;

/** Builds the mapping as UniBench does from its tables. */
export function buildMapping(
  id: string,
  tables: MappingTables,
  notes: readonly string[] = [],
): EmotionMapping {
  const forms: Lists = new Map();
  for (const row of tables.forms) {
    for (const form of [...row.forms, row.word]) add(forms, form, row.word);
  }
  const synonyms: Lists = new Map();
  for (const row of tables.synonyms) {
    const word = normalise(row.word);
    add(synonyms, word, word);
    for (const synonym of row.synonyms) add(synonyms, normalise(synonym), word);
  }
  const wheels = tables.wheels.map(({ name, rows }) => buildWheel(name, rows));
  return {
    id,
    notes,
    comparable: true,
    forms: sortedLists(forms),
    synonyms: sortedLists(synonyms),
    wheels,
  };
}

/** A word that stands in several branches belongs to the last one, as in the official code. */
function buildWheel(name: string, rows: readonly WheelRow[]): Wheel {
  const level1 = new Map<string, string>();
  const level2 = new Map<string, string>();
  const firstChild = new Map<string, string>();
  let above: WheelRow = ["", "", ""];
  for (const row of rows) {
    const [first, second, third] = fillDown(row, above);
    above = [first, second, third];
    for (const word of above) level1.set(word, first);
    level2.set(second, second);
    level2.set(third, second);
    const known = firstChild.get(first);
    if (known === undefined || second < known) firstChild.set(first, second);
  }
  for (const [parent, child] of firstChild) level2.set(parent, child);
  return { name, level1, level2 };
}

function fillDown(row: WheelRow, above: WheelRow): WheelRow {
  const cell = (at: 0 | 1 | 2) => normalise(row[at]) || above[at];
  return [cell(0), cell(1), cell(2)];
}

/**
 * Word lists without duplicates, sorted; also for mappings that come ready-made. The order of
 * UTF-16 units is Python's order by code point for all characters below U+10000.
 */
export function sortedLists(lists: ReadonlyMap<string, Iterable<string>>): Map<string, string[]> {
  return new Map([...lists].map(([key, words]) => [key, [...new Set(words)].sort()]));
}

export const normalise = (word: string): string => word.trim().toLowerCase();

function add(lists: Lists, key: string, value: string): void {
  if (key === "") return;
  const list = lists.get(key);
  if (list) list.add(value);
  else lists.set(key, new Set([value]));
}
