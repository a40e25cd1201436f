import { numpy as np } from "@jax-js/jax";
import { describeAgainstJax, exact, ids, rounding } from "../testing/conformance.ts";
import { arithmeticRules } from "./arithmetic.ts";

const A = [3, 4, 5];
const positive = (x: np.Array) => np.abs(x).add(0.1);

describeAgainstJax("arithmetic", arithmeticRules, {
  "add with broadcasting": [rounding, [A, [4, 1]], (x, y) => [x.add(y)]],
  "add of a transposed operand": [
    rounding,
    [
      [4, 5],
      [5, 4],
    ],
    (x, y) => [x.add(y.transpose())],
  ],
  subtraction: [rounding, [A, [5]], (x, y) => [x.ref.sub(y.ref), y.sub(x)]],
  mul: [rounding, [A, A], (x, y) => [x.mul(y)]],
  "scales, folded": [
    exact,
    [A],
    (x) => [x.ref.mul(2).mul(-0.5), x.ref.mul(0.25).mul(4), x.neg().neg()],
  ],
  "add 0, mul 1 and 0": [exact, [A], (x) => [x.ref.add(0), x.ref.mul(1), x.mul(0)]],
  "division, equal sizes": [rounding, [A, A], (x, y) => [x.div(positive(y))]],
  "division by a row": [rounding, [A, [5]], (x, y) => [x.div(positive(y))]],
  reciprocal: [rounding, [A], (x) => [np.reciprocal(positive(x))]],
  "min and max": [exact, [A, [4, 5]], (x, y) => [np.minimum(x.ref, y.ref), np.maximum(x, y)]],
  clip: [exact, [A], (x) => [np.clip(x, -0.3, 0.4)]],
  "integer add, mul, neg": [
    exact,
    [ids([7], 50), ids([7], 50)],
    (i, j) => [i.ref.add(j.ref), i.ref.mul(j), i.neg()],
  ],
  "integer division and remainder": [
    exact,
    [ids([40], 50), ids([40], 9)],
    (i, j) => [
      np.floorDivide(i.ref.sub(20), j.ref.add(1)),
      i.ref.sub(20).mod(j.ref.add(1)),
      np.fmod(i.sub(20), j.add(1)),
    ],
  ],
  "float remainder": [
    1e-4,
    [A, A],
    (x, y) => [x.ref.mul(7).mod(positive(y.ref)), np.fmod(x.mul(7), positive(y))],
  ],
  "mixed types promote": [rounding, [A, ids([5], 9)], (x, i) => [x.mul(i)]],
});
