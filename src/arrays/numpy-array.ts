import { DataError } from "../core/errors.ts";

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

/**
 * Elements of an array of this shape.
 * @throws DataError `NPY_SHAPE` for much shape and no elements
 */
export function elementCount(shape: readonly number[]): number {
  const count = shape.reduce((product, n) => product * n, 1);
  if (count > 0) return count;
  const lists = shape.slice(0, shape.indexOf(0)).reduce((product, n) => product * n, 1);
  if (lists <= mostEmptyLists) return 0;
  throw new DataError("NPY_SHAPE", `an array of shape (${shape.join(", ")}) holds nothing`);
}

/** Column-major order is refused where it matters. @throws DataError `NPY_ORDER` */
export function checkOrder(shape: readonly number[], isFortran: boolean): void {
  if (isFortran && shape.length > 1) {
    throw new DataError("NPY_ORDER", "arrays in Fortran order are not supported", {
      hint: "save numpy.ascontiguousarray(a)",
    });
  }
}
