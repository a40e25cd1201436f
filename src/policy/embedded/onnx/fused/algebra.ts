import type { Graph } from "../graph.ts";
import { add, multiply, scale } from "../primitives/arithmetic.ts";
import { reduce } from "../primitives/reduce.ts";
import { bare, type View } from "../view/view.ts";

/** Float arithmetic on views, for writing derivatives down as formulas. */
export function algebra(graph: Graph) {
  const times = (x: View, y: View) => multiply(graph, [x, y], x.dtype);
  const minus = (x: View, y: View) => add(graph, [x, scale(graph, y, -1)], x.dtype);
  /** Sum over the last dim, which stays with size 1. */
  const rowSum = (x: View): View => {
    const sum = reduce(graph, x, "Add", [x.dims.length - 1]);
    return bare(sum, [...sum.dims, []]);
  };
  const scaled = (x: View, factor: number) => scale(graph, x, factor);
  return { times, minus, rowSum, scaled };
}
