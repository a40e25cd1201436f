import { algebra } from "./algebra.ts";
import { overRows } from "./rows.ts";
import type { FusedRule } from "./rule.ts";

/** softmax over the last axis; dx = y (dy − Σ y dy). */
export const softmax: FusedRule = {
  arity: 1,
  forward: (graph, [x]) => overRows(graph, "Softmax", x!),
  backward(graph, _inputs, y, dy) {
    const { times, minus, rowSum } = algebra(graph);
    return [times(y, minus(dy, rowSum(times(y, dy))))];
  },
};
