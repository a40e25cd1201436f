import { BenchError } from "../core/errors.ts";

/** An array as read: elements in row-major order. */
export interface NumpyArray {
  shape: readonly number[];
  values: readonly unknown[];
}

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

export const elementCount = (shape: readonly number[]): number =>
  shape.reduce((product, n) => product * n, 1);

/** Column-major order is refused where it matters. @throws BenchError `NPY_ORDER` */
export function checkOrder(shape: readonly number[], isFortran: boolean): void {
  if (isFortran && shape.length > 1) {
    throw new BenchError("NPY_ORDER", "arrays in Fortran order are not supported", {
      hint: "save numpy.ascontiguousarray(a)",
    });
  }
}
