import { numpy as np } from "@jax-js/jax";
import { describeAgainstJax, exact } from "../testing/conformance.ts";
import { movementRules } from "./movement.ts";

const A = [3, 4, 5];

describeAgainstJax("movement", movementRules, {
  "reshape, transpose, reshape": [
    exact,
    [A],
    (x) => [x.reshape([12, 5]).transpose().reshape([2, 30])],
  ],
  "broadcast, then transpose and reshape": [
    exact,
    [[4, 1]],
    (x) => [np.broadcastTo(x, [3, 4, 5]).transpose([1, 0, 2]).reshape([60])],
  ],
  "stack and squeeze": [
    exact,
    [
      [4, 5],
      [4, 5],
    ],
    (x, y) => [np.stack([x, y], 1)],
  ],
  "tile and repeat": [exact, [[2, 3]], (x) => [np.tile(x.ref, [2, 3]), np.repeat(x, 3, 1)]],
});
