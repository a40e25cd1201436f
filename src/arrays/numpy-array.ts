import { DataError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";

/** An array as read: elements in row-major order. */
export interface NumpyArray {
  shape: readonly number[];
  values: readonly unknown[];
}

/** Lists that an array without elements may become: (1000000000, 0) is a header, not data. */
const mostEmptyLists = 100_000;

/** A 0-d array's element, a 1-d array as a list, others as nested lists. */
export function toValue({ shape, values }: NumpyArray): unknown {
  if (shape.length === 0) return values[0];
  if (shape.length === 1) return [...values];
  const [rows, ...inner] = shape as [number, ...number[]];
  const size = inner.reduce((product, n) => product * n, 1);
  return Array.from({ length: rows }, (_, row) =>
    toValue({ shape: inner, values: values.slice(row * size, (row + 1) * size) }),
  );
}

/** Counts what is made of a file, before it is made. */
export interface ValueBudget {
  left: number;
}

export const valueBudget = (): ValueBudget => ({ left: limits.arrayValues });

/** @throws DataError `ARRAY_LARGE` where a file would give more than `limits.arrayValues` values */
export function spend(budget: ValueBudget, count: number): void {
  budget.left -= count;
  if (budget.left >= 0) return;
  const most = limits.arrayValues.toLocaleString("en");
  throw new DataError("ARRAY_LARGE", `holds more than ${most} values`, {
    hint: "at most so many are read of a file: divide it",
  });
}

/** Values that `toValue` makes of an array: its elements, and the lists that they stand in. */
export function valueCount(shape: readonly number[]): number {
  let [lists, size] = [1, 1];
  for (const length of shape) {
    size *= length;
    lists += size;
  }
  return lists;
}

/**
 * Elements of an array of this shape.
 * @throws DataError `NPY_SHAPE` for much shape and no elements, and for too many dimensions
 */
export function elementCount(shape: readonly number[]): number {
  if (shape.length > limits.dimensions) {
    throw new DataError("NPY_SHAPE", `an array of ${shape.length} dimensions`, {
      hint: `numpy itself has at most ${limits.dimensions}`,
    });
  }
  const count = shape.reduce((product, n) => product * n, 1);
  if (count > 0) return count;
  const lists = shape.slice(0, shape.indexOf(0)).reduce((product, n) => product * n, 1);
  if (lists <= mostEmptyLists) return 0;
  throw new DataError("NPY_SHAPE", `an array of shape (${shape.join(", ")}) holds nothing`, {
    hint: `at most ${mostEmptyLists.toLocaleString("en")} empty lists are made`,
  });
}

/** Column-major order is refused where it matters. @throws DataError `NPY_ORDER` */
export function checkOrder(shape: readonly number[], isFortran: boolean): void {
  if (isFortran && shape.length > 1) {
    throw new DataError("NPY_ORDER", "arrays in Fortran order are not supported", {
      hint: "save numpy.ascontiguousarray(a)",
    });
  }
}
