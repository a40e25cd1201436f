import { DataError } from "../../core/errors.ts";
import { type ClipRow, type Split, splits } from "../clip-row.ts";
import type { ContentKeys } from "./content.ts";

/**
 * Sides as the list gives them. Groups on two sides are said: it is the list's own protocol. Copies
 * of one file on two sides are refused: a test clip that was trained on measures nothing.
 * @throws DataError `SPLIT_PARTIAL`, `SPLIT_COPIES`
 */
export function givenSplits(rows: readonly ClipRow[], content: ContentKeys) {
  const without = rows.filter(({ split }) => split === undefined);
  if (without.length > 0) {
    throw new DataError(
      "SPLIT_PARTIAL",
      `${without.length} of ${rows.length} clips have no split, the first: ${without[0]!.id}`,
      { hint: `give every clip one of ${splits.join(", ")}, or none of them any` },
    );
  }
  refuseCopies(rows, content);
  const sides = new Map(rows.map(({ id, split }) => [id, split!]));
  return { sides, notes: ["divided as the list says", ...sharedGroups(rows)] };
}

function refuseCopies(rows: readonly ClipRow[], content: ContentKeys): void {
  const first = new Map<string, ClipRow>();
  for (const row of rows) {
    const key = content.get(row.id);
    if (key === undefined) continue;
    const before = first.get(key);
    if (before === undefined) first.set(key, row);
    else if (before.split !== row.split) {
      throw new DataError(
        "SPLIT_COPIES",
        `'${before.id}' (${before.split}) and '${row.id}' (${row.split}) are the same file`,
        { hint: "give both the same split, or leave one out" },
      );
    }
  }
}

function sharedGroups(rows: readonly ClipRow[]): string[] {
  const sides = new Map<string, Set<Split>>();
  for (const { group, split } of rows) {
    if (group === undefined) continue;
    const own = sides.get(group) ?? new Set();
    sides.set(group, own.add(split!));
  }
  const shared = [...sides].filter(([, own]) => own.size > 1).map(([group]) => group);
  if (shared.length === 0) return [];
  return [
    `${shared.length} of ${sides.size} groups are on two sides, the first: ${shared[0]}: ` +
      "what is measured on held-out clips may look better than it is",
  ];
}
