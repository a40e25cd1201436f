import { numpy as np } from "@jax-js/jax";
import { describeAgainstJax, exact, ids, rounding } from "../testing/conformance.ts";
import { dotRules } from "./dot.ts";

describeAgainstJax("products", dotRules, {
  "matrix by matrix": [
    rounding,
    [
      [6, 7],
      [7, 5],
    ],
    (x, y) => [np.matmul(x, y)],
  ],
  "transposed operands": [
    rounding,
    [
      [7, 6],
      [7, 5],
    ],
    (x, y) => [np.matmul(x.ref.transpose(), y.ref), np.matmul(y.transpose(), x)],
  ],
  "both transposed": [
    rounding,
    [
      [7, 6],
      [5, 7],
    ],
    (x, y) => [np.matmul(x.transpose(), y.transpose())],
  ],
  "result read transposed": [
    rounding,
    [
      [6, 7],
      [7, 5],
    ],
    (x, y) => [np.matmul(x, y).transpose()],
  ],
  "matrix by vector, dot, outer": [
    rounding,
    [[6, 7], [7]],
    (x, y) => [np.matmul(x, y.ref), np.dot(y.ref, y.ref), np.outer(y.ref, y)],
  ],
  batches: [
    rounding,
    [
      [2, 3, 4, 5],
      [2, 3, 5, 6],
    ],
    (x, y) => [np.matmul(x, y)],
  ],
  "batches times a shared matrix": [
    rounding,
    [
      [2, 3, 5],
      [5, 6],
    ],
    (x, y) => [np.matmul(x, y)],
  ],
  "attention scores": [
    rounding,
    [
      [2, 5, 3, 4],
      [2, 6, 3, 4],
    ],
    (q, k) => [np.matmul(q.transpose([0, 2, 1, 3]), k.transpose([0, 2, 3, 1])).mul(0.5)],
  ],
  "attention mixing, heads joined": [
    rounding,
    [
      [2, 3, 5, 6],
      [2, 6, 3, 4],
    ],
    (w, v) => [
      np
        .matmul(w, v.transpose([0, 2, 1, 3]))
        .transpose([0, 2, 1, 3])
        .reshape([2, 5, 12]),
    ],
  ],
  "scaled, and read unscaled too": [
    rounding,
    [
      [6, 7],
      [7, 5],
    ],
    (x, y) => {
      const z = np.matmul(x, y);
      return [z.ref.mul(3), z];
    },
  ],
  "operand repeated along the contraction": [
    rounding,
    [[6, 7], [5]],
    (x, y) => [
      np.matmul(x.ref, np.broadcastTo(y.ref, [7, 5])),
      np.matmul(np.broadcastTo(y, [6, 5]).transpose(), np.broadcastTo(x.slice([], [0, 1]), [6, 7])),
    ],
  ],
  "operand repeated along part of the contraction": [
    rounding,
    [
      [6, 12],
      [4, 5],
    ],
    (x, y) => [np.matmul(x, np.repeat(y, 3, 0))],
  ],
  "constant operand": [rounding, [[6, 7]], (x) => [np.matmul(x, np.ones([7, 3]))]],
  "contraction of size 1": [
    rounding,
    [
      [6, 1],
      [1, 5],
    ],
    (x, y) => [np.matmul(x, y)],
  ],
  "batched dot products": [
    rounding,
    [
      [6, 7],
      [6, 7],
    ],
    (x, y) => [np.vecdot(x, y)],
  ],
  "integer product": [
    exact,
    [ids([4, 3], 9), ids([4, 5], 9)],
    (i, j) => [np.matmul(i.transpose(), j)],
  ],
  "result reshaped across its rows, and its rows reshaped transposed": [
    rounding,
    [
      [6, 4],
      [4, 6],
    ],
    (x, y) => [
      np.matmul(x.ref, y.ref).reshape([4, 9]).transpose(),
      np.matmul(x, y).mul(2).transpose().reshape([4, 9]).transpose(),
    ],
  ],
});
