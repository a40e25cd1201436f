import { numpy as np } from "@jax-js/jax";
import { describeAgainstJax, exact } from "../testing/conformance.ts";
import { slicingRules } from "./slicing.ts";

const A = [3, 4, 5];

describeAgainstJax("slicing", slicingRules, {
  "ranges and single elements": [
    exact,
    [A],
    (x) => [x.ref.slice([1, 3]), x.ref.slice([], 2), x.slice([0, 2], [], [1, 4])],
  ],
  "of a transposed value": [exact, [A], (x) => [x.transpose([2, 0, 1]).slice([1, 4], [], [0, 2])]],
  "inside a merged dim": [
    exact,
    [A],
    (x) => [x.transpose([1, 0, 2]).reshape([4, 15]).slice([], [2, 9])],
  ],
  "of a repeated dim": [exact, [[5]], (x) => [np.broadcastTo(x, [6, 5]).slice([1, 4], [1, 3])]],
  flip: [exact, [A], (x) => [np.flip(x.ref, 1), np.flip(x.transpose(), [0, 2])]],
  "flip of a repeated dim": [exact, [[5]], (x) => [np.flip(np.broadcastTo(x, [6, 5]))]],
  split: [exact, [A], (x) => np.split(x, [1, 3], 2)],
});
