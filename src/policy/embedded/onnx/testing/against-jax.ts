import { numpy as np } from "@jax-js/jax";
import { Rng } from "../../../../core/rng.ts";
import type { Executor, Program } from "../../executor.ts";
import type { TensorData, TensorSpec } from "../../tensor.ts";

/**
 * Shapes of a program's float inputs, or `int` shapes with an exclusive upper bound of the values.
 */
export type InputShape = readonly number[] | { int: readonly number[]; below: number };

export interface Comparison {
  /** Largest |difference| over largest |value|, worst output; for integers any difference is 1. */
  worst: number;
  expected: TensorData[];
  actual: TensorData[];
}

/**
 * Runs a program on random inputs in the executor and, without jit, in jax-js; compares the
 * outputs.
 */
export async function compareWithJax(
  executor: Executor,
  program: Program,
  shapes: readonly InputShape[],
  seed = 1,
): Promise<Comparison> {
  const specs = shapes.map(specOf);
  const data = specs.map((spec, i) => randomData(spec, shapes[i]!, new Rng(seed + i)));
  const expected = runInJax(program, specs, data);
  const compiled = await executor.compile("test", program, specs);
  const actual = await compiled.run(data);
  compiled.dispose();
  const worst = Math.max(...expected.map((array, i) => relativeError(array, actual[i]!)));
  return { worst, expected, actual };
}

export function runInJax(
  program: Program,
  specs: readonly TensorSpec[],
  data: readonly TensorData[],
): TensorData[] {
  const arrays = specs.map(({ shape, dtype }, i) =>
    np.array(data[i]!, { shape: [...shape], dtype: dtype === "int32" ? np.int32 : np.float32 }),
  );
  return program(...arrays).map((array) => array.dataSync() as TensorData);
}

/** max |a − b| / max |a|; infinite where lengths differ or a value is not finite. */
export function relativeError(a: TensorData, b: TensorData): number {
  let largest = 1e-30;
  let difference = a.length === b.length ? 0 : Number.POSITIVE_INFINITY;
  a.forEach((value, i) => {
    largest = Math.max(largest, Math.abs(value));
    const gap = Math.abs(value - b[i]!);
    difference = Math.max(difference, Number.isNaN(gap) ? Number.POSITIVE_INFINITY : gap);
  });
  return difference / largest;
}

/** Of the input at place `i`. */
export function specOf(shape: InputShape, i: number): TensorSpec {
  if ("int" in shape) return { name: `x${i}`, shape: shape.int, dtype: "int32" };
  return { name: `x${i}`, shape, dtype: "float32" };
}

function randomData(spec: TensorSpec, shape: InputShape, rng: Rng): TensorData {
  const length = spec.shape.reduce((a, b) => a * b, 1);
  if ("int" in shape) {
    return Int32Array.from({ length }, () => rng.int(shape.below));
  }
  return Float32Array.from({ length }, () => rng.float() * 2 - 1);
}
