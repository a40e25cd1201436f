import { numpy as np } from "@jax-js/jax";
import { approximated, describeAgainstJax, exact, ids, rounding } from "../testing/conformance.ts";
import { reduceRules } from "./reduce.ts";

const A = [3, 4, 5];

describeAgainstJax("reductions", reduceRules, {
  "sums of every axis": [rounding, [A], (x) => [x.ref.sum(0), x.ref.sum(1), x.ref.sum(2), x.sum()]],
  "sums of axis pairs": [
    rounding,
    [A],
    (x) => [x.ref.sum([0, 2]), x.ref.sum([0, 1]), x.sum([1, 2])],
  ],
  "sum of a transposed value": [rounding, [A], (x) => [x.transpose([2, 0, 1]).sum([0, 1])]],
  "sum over repeated elements": [
    rounding,
    [[4, 5]],
    (x) => [np.broadcastTo(x, [6, 4, 5]).sum([0, 2])],
  ],
  "max, min, prod": [rounding, [A], (x) => [x.ref.max(1), x.ref.min([0, 2]), np.prod(x, 2)]],
  "prod over repeated elements": [rounding, [[4]], (x) => [np.prod(np.broadcastTo(x, [3, 4]), 0)]],
  "mean and variance": [approximated, [A], (x) => [x.ref.mean(-1), np.var_(x, -1)]],
  "any and all": [
    exact,
    [A],
    (x) => [np.any(x.ref.less(-0.5), 1).astype(np.int32), np.all(x.less(0.9), 1).astype(np.int32)],
  ],
  "integer sum": [exact, [ids([4, 3], 90)], (i) => [i.sum(0)]],
  "sums of products with a broadcast operand": [
    rounding,
    [
      [3, 4, 5],
      [3, 1, 5],
      [3, 4, 1],
    ],
    (x, y, z) => [
      np.sum(x.ref.mul(y.ref), -1),
      np.sum(x.ref.mul(z.ref), 1),
      np.sum(y.mul(z.ref), [0, 2]),
      np.sum(x.mul(z), 2),
    ],
  ],
  "sum of squares": [rounding, [A], (x) => [np.sum(np.square(x), 1)]],
});
