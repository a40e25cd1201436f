import { Rng } from "../../core/rng.ts";

export interface Choice {
  /** The first so many of each set. */
  limit?: number;
  /** So many of each set, drawn by seed in proportion to its labels. */
  sample?: number;
  seed?: string;
}

/** Items to ask about, in their own order: all of them unless limited. */
export function choose<Item>(
  items: readonly Item[],
  stratum: (item: Item) => string,
  { limit, sample, seed = "sample" }: Choice,
): Item[] {
  const drawn = sample === undefined ? [...items] : stratified(items, stratum, sample, seed);
  return limit === undefined ? drawn : drawn.slice(0, limit);
}

/** Largest remainders: each stratum's share is within one item of its share of the whole. */
function stratified<Item>(
  items: readonly Item[],
  stratum: (item: Item) => string,
  count: number,
  seed: string,
): Item[] {
  if (count >= items.length) return [...items];
  const strata = new Map<string, Item[]>();
  for (const item of items) {
    const name = stratum(item);
    strata.set(name, [...(strata.get(name) ?? []), item]);
  }
  const quotas = [...strata].map(([name, members]) => {
    const exact = (count * members.length) / items.length;
    return { name, members, whole: Math.floor(exact), rest: exact - Math.floor(exact) };
  });
  let left = count - quotas.reduce((total, { whole }) => total + whole, 0);
  const byRest = [...quotas].sort((a, b) => b.rest - a.rest || (a.name < b.name ? -1 : 1));
  for (const quota of byRest) if (left-- > 0) quota.whole++;
  const chosen = new Set(
    quotas.flatMap(({ name, members, whole }) =>
      new Rng(`${seed}/${name}`).shuffle(members).slice(0, whole),
    ),
  );
  return items.filter((item) => chosen.has(item));
}
