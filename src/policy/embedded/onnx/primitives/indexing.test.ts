import { numpy as np } from "@jax-js/jax";
import { describeAgainstJax, exact, ids } from "../testing/conformance.ts";
import { indexingRules } from "./indexing.ts";

const A = [3, 4, 5];

// "scatter" comes from derivatives alone: gradients.test.ts
const { scatter: _derivative, ...rules } = indexingRules;

describeAgainstJax("indexing", rules, {
  "rows of a table": [exact, [[9, 4], ids([2, 5], 9)], (x, i) => [np.take(x, i, 0)]],
  "along a middle axis": [exact, [A, ids([6], 4)], (x, i) => [np.take(x, i, 1)]],
  "along the last axis of a transposed value": [
    exact,
    [A, ids([2], 5)],
    (x, i) => [np.take(x.transpose([1, 0, 2]), i, 2)],
  ],
  "take along axis": [exact, [[4, 7], ids([4, 2], 7)], (x, i) => [np.takeAlongAxis(x, i, -1)]],
  "scalars of a vector": [exact, [[9], ids([4], 9)], (x, i) => [np.take(x, i, 0)]],
  "several index arrays": [exact, [A, ids([6], 3), ids([6], 4)], (x, i, j) => [x.slice(i, j)]],
});
