/** Number of elements; 1 for a scalar. */
export function product(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total * size, 1);
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}

/** Row-major strides of the given sizes, in elements. */
export function rowMajorStrides(sizes: readonly number[]): number[] {
  let stride = product(sizes);
  return sizes.map((size) => {
    stride /= size;
    return stride;
  });
}

/** Numpy broadcasting of shapes that are known to be compatible (jax-js has checked them). */
export function broadcastShape(shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const result = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    shape.forEach((size, i) => {
      if (size !== 1) result[i + rank - shape.length] = size;
    });
  }
  return result;
}

/** `start, start + 1, …` up to but not including `end`. */
export function range(start: number, end: number): number[] {
  return Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i);
}
