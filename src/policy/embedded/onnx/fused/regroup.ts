import type { Graph } from "../graph.ts";
import { materialise, reshapeView } from "../view/layout.ts";
import { product } from "../view/shape.ts";
import { shapeOf, tensorView, type View } from "../view/view.ts";
import type { FusedRule } from "./rule.ts";

/** Rows by index; the derivative takes rows by the inverse index instead of adding them up. */
export const regroup: FusedRule = {
  arity: 3,
  forward: (graph, [table, index]) => rowsAt(graph, table!, index!),
  backward: (graph, [, index, inverse], _y, dy) => [
    rowsAt(graph, dy, inverse!),
    // integers have no derivative: nobody reads these two
    index!,
    inverse!,
  ],
};

function rowsAt(graph: Graph, table: View, index: View): View {
  const [rows, ...rest] = shapeOf(table);
  const width = product(rest);
  const from = graph.reshape(materialise(graph, table), [rows!, width]);
  const at = materialise(graph, index);
  const taken = graph.emit("Gather", [from, at], [at.shape[0]!, width], table.dtype, { axis: 0 });
  return reshapeView(graph, tensorView(taken), [at.shape[0]!, ...rest]);
}
