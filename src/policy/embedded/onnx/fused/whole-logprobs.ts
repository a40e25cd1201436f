import { applyOp } from "../view/elementwise.ts";
import { algebra } from "./algebra.ts";
import { overRows } from "./rows.ts";
import type { FusedRule } from "./rule.ts";

/** y = log softmax(x) over the last axis; dx = dy − exp(y) Σ dy. */
export const wholeLogprobs: FusedRule = {
  arity: 1,
  forward: (graph, [x]) => overRows(graph, "LogSoftmax", x!),
  backward(graph, _inputs, y, dy) {
    const { times, minus, rowSum } = algebra(graph);
    const probs = applyOp(graph, "Exp", [y], y.dtype);
    return [minus(dy, times(probs, rowSum(dy)))];
  },
};
