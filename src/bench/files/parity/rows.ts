import { type Comparison, joinComparisons } from "../../../core/compare-values.ts";

/** A recorded row that can't be compared. */
export interface BadRow {
  path: string;
  why: string;
}

export interface RowsComparison extends Comparison {
  /** Rows of another form: named and counted, and the others are compared all the same. */
  bad: readonly BadRow[];
}

/** Compares row by row; `place` is the row's number, for paths of rows without an id. */
export function each<T>(
  rows: readonly T[],
  compare: (row: T, place: string) => Comparison,
): RowsComparison {
  const parts: Comparison[] = [];
  const bad: BadRow[] = [];
  for (const [index, row] of rows.entries()) {
    try {
      parts.push(compare(row, String(index)));
    } catch (error) {
      bad.push({ path: String(index), why: (error as Error).message });
    }
  }
  return { ...joinComparisons(parts), bad };
}
