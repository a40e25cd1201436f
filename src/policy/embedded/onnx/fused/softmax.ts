import type { Graph } from "../graph.ts";
import type { View } from "../view/view.ts";
import { algebra } from "./algebra.ts";
import { rowsOf } from "./rows.ts";
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

function overRows(graph: Graph, op: string, x: View): View {
  const { matrix, restore } = rowsOf(graph, x);
  return restore(graph.emit(op, [matrix], matrix.shape, x.dtype, { axis: 1 }));
}
