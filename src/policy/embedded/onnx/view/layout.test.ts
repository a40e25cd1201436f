import { grad, numpy as np } from "@jax-js/jax";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Executor, Program } from "../../executor.ts";
import type { TensorData } from "../../tensor.ts";
import { createOnnxExecutor } from "../onnx-executor.ts";
import { compareWithJax, relativeError } from "../testing/against-jax.ts";

type Move = (x: np.Array) => np.Array;

/** A move for any array, chosen by numbers in [0, 1). */
const moves: Record<string, (x: np.Array, a: number, b: number) => np.Array> = {
  transpose: (x, a, b) => np.swapaxes(x, pick(a, x.ndim), pick(b, x.ndim)),
  join: (x, a) => {
    if (x.ndim < 2) return x;
    const axis = pick(a, x.ndim - 1);
    const [left, right] = [x.shape[axis]!, x.shape[axis + 1]!];
    return x.reshape(x.shape.toSpliced(axis, 2, left * right));
  },
  part: (x, a, b) => {
    const axis = pick(a, x.ndim);
    const size = x.shape[axis]!;
    const factors = [2, 3, 4].filter((factor) => size % factor === 0);
    const outer = factors[pick(b, factors.length)] ?? 1;
    return x.reshape(x.shape.toSpliced(axis, 1, outer, size / outer));
  },
  repeat: (x, a) => np.broadcastTo(x, [2 + pick(a, 2), ...x.shape]),
  shrink: (x, a, b) => {
    const axis = pick(a, x.ndim);
    const start = pick(b, x.shape[axis]!);
    return x.slice(...x.shape.map((size, i): [number, number] => [i === axis ? start : 0, size]));
  },
  flip: (x, a) => np.flip(x, pick(a, x.ndim)),
  pad: (x, a, b) => np.pad(x, { [pick(a, x.ndim)]: [pick(b, 3), 1] }),
  double: (x) => x.mul(2),
  addTurned: (x, a) => {
    const axis = pick(a, x.ndim);
    return x.ref.add(np.flip(x, axis));
  },
};

const pick = (number: number, count: number) => Math.floor(number * count);

const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const move: fc.Arbitrary<Move> = fc
  .record({ name: fc.constantFrom(...Object.keys(moves)), a: unit, b: unit })
  .map(({ name, a, b }) =>
    Object.assign((x: np.Array) => moves[name]!(x, a, b), {
      toString: () => `${name}(${a}, ${b})`,
    }),
  );

describe("views", () => {
  let executor: Executor;
  beforeAll(async () => {
    executor = await createOnnxExecutor({ threads: 1 });
  });
  afterAll(() => executor.close());

  it("hold the right element everywhere after any chain of moves", async () => {
    const chains = fc.array(move, { minLength: 1, maxLength: 7 });
    await fc.assert(
      fc.asyncProperty(chains, async (chain) => {
        const program = (x: np.Array) => [chain.reduce((value, step) => step(value), x)];
        const { worst } = await compareWithJax(executor, program, [[2, 3, 4]]);
        expect(worst).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it("carry gradients back through any chain of moves", async () => {
    const chains = fc.array(move, { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(chains, async (chain) => {
        const loss = (x: np.Array) => np.sum(np.square(through(chain, x)));
        const program = (x: np.Array) => [grad(loss)(x) as np.Array];
        const { worst } = await compareWithJax(executor, program, [[2, 3, 4]]);
        expect(worst).toBeLessThan(1e-5);
      }),
      { numRuns: 30 },
    );
  });

  // expected values by plain loops: jax-js 0.1.25 itself multiplies some flipped, reshaped arrays
  // wrongly
  it("contract rightly with another chain, whatever the layouts", async () => {
    const chains = fc.array(move, { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(chains, chains, async (left, right) => {
        const program = (x: np.Array, y: np.Array) => {
          const [a, b] = [through(left, x), through(right, y)];
          const size = 4 * Math.min(a.size, b.size);
          const rows = (value: np.Array) =>
            np
              .tile(value.reshape([-1]), 4)
              .slice([0, size])
              .reshape([-1, 4]);
          const [p, q] = [rows(a), rows(b)];
          return [p.ref, q.ref, np.matmul(p.ref, q.ref.transpose()), np.matmul(p.transpose(), q)];
        };
        const [p, q, outer, inner] = await runOnce(executor, program);
        expect(relativeError(product(p!, q!, false), outer!)).toBeLessThan(1e-5);
        expect(relativeError(product(p!, q!, true), inner!)).toBeLessThan(1e-5);
      }),
      { numRuns: 40 },
    );
  });

  it("show a matrix product through any chain, whichever way it comes out", async () => {
    const chains = fc.array(move, { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(chains, async (chain) => {
        const program = (x: np.Array, y: np.Array) => {
          const matrix = np.matmul(x.transpose([1, 0, 2]).reshape([6, 4]), y);
          return [through(chain, matrix.ref), matrix];
        };
        const [seen, matrix] = await runOnce(executor, program);
        const expected = through(chain, np.array(matrix!, { shape: [6, 6] })).dataSync();
        expect([...seen!]).toEqual([...expected]);
      }),
      { numRuns: 60 },
    );
  });
});

const through = (chain: readonly Move[], x: np.Array) =>
  chain.reduce((value, step) => step(value), x);

async function runOnce(executor: Executor, program: Program): Promise<TensorData[]> {
  const specs = [
    { name: "x", shape: [2, 3, 4], dtype: "float32" as const },
    { name: "y", shape: [4, 6], dtype: "float32" as const },
  ];
  const compiled = await executor.compile("chains", program, specs);
  const numbers = (seed: number) => Float32Array.from({ length: 24 }, (_, i) => Math.sin(i * seed));
  const outputs = await compiled.run([numbers(1.7), numbers(2.3)]);
  compiled.dispose();
  return outputs;
}

/** p qᵀ, or pᵀ q, of matrices with 4 columns. */
function product(p: TensorData, q: TensorData, inner: boolean): Float32Array {
  const rows = p.length / 4;
  const [side, depth] = inner ? [4, rows] : [rows, 4];
  const at = (m: TensorData, i: number, k: number) => (inner ? m[k * 4 + i]! : m[i * 4 + k]!);
  return Float32Array.from({ length: side * side }, (_, index) => {
    let sum = 0;
    for (let k = 0; k < depth; k++) {
      sum += at(p, Math.floor(index / side), k) * at(q, index % side, k);
    }
    return sum;
  });
}
