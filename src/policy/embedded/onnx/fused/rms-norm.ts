import type { Graph, Tensor } from "../graph.ts";
import { dot } from "../primitives/dot.ts";
import { materialise } from "../view/layout.ts";
import { bare, dimSize, type View } from "../view/view.ts";
import { algebra } from "./algebra.ts";
import { type Rows, rowsOf } from "./rows.ts";
import type { FusedRule } from "./rule.ts";

/** As in the definition (`layers.ts`). */
const epsilon = 1e-5;

/**
 * y = x r g with r = 1 / √(mean x² + ε), over the last axis of x; g [width]. With p = dy x: dx = dy
 * g r − x r³ (Σ p g) / width, and dg = Σ p r over rows. Both sums are products of p with a vector,
 * so they run as matrix-vector products.
 */
export const rmsNorm: FusedRule = {
  arity: 2,
  forward(graph, [x, gain]) {
    const rows = rowsOf(graph, x!);
    return rows.restore(normalise(graph, rows, gain!)[0]);
  },
  backward(graph, [x, gain], _y, dy) {
    const { times, minus, scaled } = algebra(graph);
    const rows = rowsOf(graph, x!);
    const r = rows.restoreColumn(normalise(graph, rows, gain!)[1]);
    const p = times(dy, x!);
    const width = dimSize(x!.dims.at(-1)!);
    const towardX = scaled(withUnitWidth(dot(graph, p, gain!)), 1 / width);
    const dx = minus(times(times(dy, gain!), r), times(x!, times(towardX, times(r, times(r, r)))));
    return [dx, dot(graph, rowsLast(p), rowsLast(r))];
  },
};

/** Dims [width, all rows]: what a sum over rows contracts. */
function rowsLast(view: View): View {
  return bare(view, [view.dims.at(-1)!, view.dims.slice(0, -1).flat()]);
}

function withUnitWidth(view: View): View {
  return bare(view, [...view.dims, []]);
}

function normalise(graph: Graph, { matrix }: Rows, gain: View): readonly [Tensor, Tensor] {
  const shapes = [matrix.shape, [matrix.shape[0]!, 1]];
  const [y, r] = graph.emitMany(
    "SimplifiedLayerNormalization",
    [matrix, materialise(graph, gain)],
    shapes,
    matrix.dtype,
    { axis: -1, epsilon: { float: epsilon }, stash_type: 1 },
  );
  return [y!, r!];
}
