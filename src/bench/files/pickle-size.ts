import { spend, type ValueBudget } from "../../arrays/numpy-array.ts";
import { limits } from "../../core/limits.ts";
import { malformed } from "./pickle-globals.ts";

/**
 * Counts the values of a pickle as somebody who walks through them meets them: a list that is told
 * again in a list that is told again is short in the file, and endless to walk through.
 * @throws DataError `ARRAY_LARGE`; BenchError `PICKLE_MALFORMED` for what is nested too deep, or
 *   holds itself
 */
export function checkExpanded(value: unknown, budget: ValueBudget): void {
  const known = new Map<object, number>();
  const sizeOf = (one: unknown, depth: number): number => {
    const parts = partsOf(one);
    if (parts === undefined) return 1;
    const before = known.get(one as object);
    if (before !== undefined) return before;
    if (depth >= limits.pickleDepth) {
      throw malformed(`is nested more than ${limits.pickleDepth} deep, or holds itself`);
    }
    let size = 1;
    for (const part of parts) size += sizeOf(part, depth + 1);
    known.set(one as object, size);
    return size;
  };
  spend(budget, sizeOf(value, 0));
}

function partsOf(value: unknown): Iterable<unknown> | undefined {
  if (value instanceof Map) return value.values();
  return Array.isArray(value) || value instanceof Set ? value : undefined;
}
