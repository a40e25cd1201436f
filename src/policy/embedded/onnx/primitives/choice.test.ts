import { numpy as np } from "@jax-js/jax";
import { describeAgainstJax, exact, ids } from "../testing/conformance.ts";
import { castRules } from "./cast.ts";
import { choiceRules } from "./choice.ts";

const A = [3, 4, 5];

describeAgainstJax(
  "casts and choices",
  { ...castRules, ...choiceRules },
  {
    "float to int and back": [exact, [A], (x) => [x.mul(9).astype(np.int32)]],
    "int to float": [exact, [ids([6], 100)], (i) => [i.astype(np.float32)]],
    comparisons: [
      exact,
      [[4, 5], [5]],
      (x, y) =>
        [x.ref.less(y.ref), x.ref.greaterEqual(y.ref), x.ref.equal(y.ref), x.notEqual(y)].map((c) =>
          c.astype(np.float32),
        ),
    ],
    "integer comparisons": [
      exact,
      [ids([6], 4), ids([5], 4)],
      (i, j) =>
        [np.equal(i.ref.reshape([6, 1]), j.ref), np.lessEqual(i.reshape([6, 1]), j)].map((c) =>
          c.astype(np.int32),
        ),
    ],
    "and, or, not": [
      exact,
      [A],
      (x) => [np.logicalAnd(x.ref.less(0.5), np.logicalNot(x.less(-0.5))).astype(np.int32)],
    ],
    where: [exact, [A, [4, 1]], (x, y) => [np.where(x.ref.less(0), x, y)]],
    "where with literals": [exact, [A], (x) => [np.where(x.ref.less(0), -1e9, x)]],
    "where on booleans": [
      exact,
      [A, A],
      (x, y) => [np.where(x.ref.less(0), y.ref.less(0), x.less(0.5)).astype(np.int32)],
    ],
    "one-hot against a range": [
      exact,
      [ids([6], 4)],
      (i) => [np.equal(i.reshape([6, 1]), np.arange(4)).astype(np.float32)],
    ],
  },
);
