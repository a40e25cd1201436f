import type { ClipRow } from "../clip-row.ts";
import type { ContentKeys } from "./content.ts";

/** Clips that must stand on one side: a group, joined with groups that share a copied file. */
export interface SplitUnit {
  /** The least name of what it is made of: the same whatever the order of the rows. */
  key: string;
  rows: ClipRow[];
}

/** Joins rows of equal group, and rows of equal content, to units. */
export function splitUnits(rows: readonly ClipRow[], content: ContentKeys): SplitUnit[] {
  const parents = new Map<string, string>();
  const rootOf = (name: string): string => {
    let root = name;
    for (let up = parents.get(root); up !== undefined; up = parents.get(root)) root = up;
    // Later walks are short.
    for (let at = name; at !== root; ) {
      const next = parents.get(at)!;
      parents.set(at, root);
      at = next;
    }
    return root;
  };
  const join = (one: string, other: string): void => {
    const [first, second] = [rootOf(one), rootOf(other)].sort();
    if (first !== second) parents.set(second!, first!);
  };
  const nameOf = ({ id, group }: ClipRow): string =>
    group === undefined ? `clip/${id}` : `group/${group}`;
  const carriers = new Map<string, string>();
  for (const row of rows) {
    const key = content.get(row.id);
    if (key === undefined) continue;
    const carrier = carriers.get(key);
    if (carrier === undefined) carriers.set(key, nameOf(row));
    else join(carrier, nameOf(row));
  }
  const units = new Map<string, SplitUnit>();
  for (const row of rows) {
    const key = rootOf(nameOf(row));
    const unit = units.get(key);
    if (unit === undefined) units.set(key, { key, rows: [row] });
    else unit.rows.push(row);
  }
  return [...units.values()];
}
