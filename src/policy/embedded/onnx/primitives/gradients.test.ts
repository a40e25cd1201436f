import { grad, nn, numpy as np } from "@jax-js/jax";
import type { Program } from "../../executor.ts";
import { approximated, describeAgainstJax, ids, rounding } from "../testing/conformance.ts";
import { indexingRules } from "./indexing.ts";

/** Gradients of Σ sin(f(…)) with respect to the first `count` inputs. */
const gradients =
  (count: number, f: (...inputs: np.Array[]) => np.Array): Program =>
  (...inputs) => {
    const argnums = Array.from({ length: count }, (_, i) => i);
    const loss = (...args: np.Array[]) => np.sum(np.sin(f(...args)));
    return grad(loss, { argnums })(...inputs) as np.Array[];
  };

describeAgainstJax(
  "gradients",
  { scatter: indexingRules.scatter! },
  {
    "broadcast arithmetic": [
      rounding,
      [[3, 4], [4], [3, 1]],
      gradients(3, (x, y, z) => x.mul(y).sub(z.ref).div(np.exp(z))),
    ],
    "matrix products, plain and batched": [
      rounding,
      [
        [2, 5, 3],
        [3, 4],
        [2, 4, 6],
      ],
      gradients(3, (x, y, z) => np.matmul(np.matmul(x, y), z)),
    ],
    "attention with joined heads": [
      approximated,
      [[2, 5, 36]],
      gradients(1, (x) => {
        const qkv = x.reshape([2, 5, 3, 3, 4]).transpose([2, 0, 3, 1, 4]);
        const scores = np
          .matmul(qkv.ref.slice(0), qkv.ref.slice(1).transpose([0, 1, 3, 2]))
          .mul(0.5);
        const mixed = np.matmul(nn.softmax(scores, -1), qkv.slice(2));
        return mixed.transpose([0, 2, 1, 3]).reshape([2, 5, 12]);
      }),
    ],
    "slices that overlap": [
      rounding,
      [[6, 4]],
      gradients(1, (x) =>
        x.ref
          .slice([0, 4])
          .mul(x.ref.slice([2, 6]))
          .add(x.slice([1, 5])),
      ),
    ],
    "slices of an inner axis": [
      rounding,
      [[3, 6]],
      gradients(1, (x) =>
        x.ref
          .slice([], [0, 2])
          .mul(x.ref.slice([], [2, 4]))
          .add(x.slice([], [4, 6])),
      ),
    ],
    "concatenation, padding, flipping": [
      rounding,
      [
        [2, 3],
        [4, 3],
      ],
      gradients(2, (x, y) => np.pad(np.flip(np.concatenate([x, y], 0), 0), 1)),
    ],
    "choices, extremes, clipping": [
      rounding,
      [
        [3, 4],
        [3, 4],
      ],
      gradients(2, (x, y) =>
        np.where(x.ref.less(y.ref), x.ref, np.maximum(x, y.ref)).mul(np.clip(y, -0.5, 0.5)),
      ),
    ],
    reductions: [
      approximated,
      [[3, 4, 5]],
      gradients(1, (x) =>
        x.ref
          .max(1)
          .add(x.ref.mean(1))
          .mul(np.var_(x, [0, 2]).sum()),
      ),
    ],
    "rows taken twice and more": [
      rounding,
      [[5, 3], ids([4, 6], 5)],
      gradients(1, (table, rows) => np.take(table, rows, 0)),
    ],
    "columns taken twice and more": [
      rounding,
      [[3, 5, 2], ids([8], 5)],
      gradients(1, (table, columns) => np.take(table, columns, 1)),
    ],
    "elements taken along an axis": [
      rounding,
      [[6, 5], ids([6, 2], 5)],
      gradients(1, (x, i) => np.takeAlongAxis(x, i, -1)),
    ],
    "a table too large for a one-hot product": [
      rounding,
      [[3000, 2], ids([3000], 2999)],
      gradients(1, (table, rows) => np.take(table, rows, 0)),
    ],
  },
);
