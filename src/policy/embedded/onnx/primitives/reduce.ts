import type { Graph } from "../graph.ts";
import { dense, placed } from "../view/layout.ts";
import { product, rowMajorStrides } from "../view/shape.ts";
import { type Atom, bare, literalValue, type View } from "../view/view.ts";
import { scale } from "./arithmetic.ts";
import { castView } from "./cast.ts";
import type { Rules } from "./rule.ts";

export type Reduction = "Add" | "Mul" | "Max" | "Min";

const operators = { Add: "ReduceSum", Mul: "ReduceProd", Max: "ReduceMax", Min: "ReduceMin" };

export const reduceRules = {
  reduce: ({ graph, inputs: [x], params }) => {
    const { op, axis } = params as { op: Reduction; axis: readonly number[] };
    if (x!.dtype !== "bool") return [reduce(graph, x!, op, axis)];
    // onnxruntime reduces no bool: "any" and "all" are Max and Min of 0 and 1
    const reduced = reduce(graph, castView(graph, x!, "int32"), op, axis);
    return [castView(graph, reduced, "bool")];
  },
} satisfies Rules;

/** Reduces the given dims away. Repeated elements are counted, not read: their sum is a scale. */
export function reduce(graph: Graph, x: View, op: Reduction, axes: readonly number[]): View {
  const kept = x.dims.filter((_, i) => !axes.includes(i));
  const gone = x.dims.filter((_, i) => axes.includes(i)).flat();
  const repeats = product(gone.filter((atom) => atom.stride === 0).map((atom) => atom.size));
  if (op === "Mul" && repeats > 1) return reduce(graph, dense(graph, x), op, axes);
  const factor = op === "Add" ? repeats : 1;
  if (literalValue(x) !== undefined) return scale(graph, bare(x, kept), factor);
  return scale(graph, reduceStored(graph, x, op, axes), factor);
}

interface Tagged {
  readonly atom: Atom;
  readonly gone: boolean;
}

/**
 * Reduces in memory order: runs of kept and of reduced atoms become the axes of one ONNX reduction.
 */
function reduceStored(graph: Graph, x: View, op: Reduction, axes: readonly number[]): View {
  const { source, dims } = placed(graph, x);
  const kept = dims.filter((_, i) => !axes.includes(i));
  const tagged: Tagged[] = dims
    .flatMap((dim, i) => dim.map((atom) => ({ atom, gone: axes.includes(i) })))
    .filter(({ atom }) => atom.stride > 0)
    .sort((a, b) => b.atom.stride - a.atom.stride);
  if (!tagged.some(({ gone }) => gone)) return { source, dims: kept, dtype: x.dtype };
  const runs: Tagged[][] = [];
  for (const item of tagged) {
    const run = runs.at(-1);
    if (run && run[0]!.gone === item.gone) run.push(item);
    else runs.push([item]);
  }
  const sizes = runs.map((run) => product(run.map(({ atom }) => atom.size)));
  const reduced = runs.flatMap((run, i) => (run[0]!.gone ? [i] : []));
  const tensor = graph.emit(
    operators[op],
    [graph.reshape(source.tensor, sizes), graph.int64s(reduced)],
    sizes.filter((_, i) => !reduced.includes(i)),
    x.dtype,
    { keepdims: 0 },
  );
  const left = tagged.filter(({ gone }) => !gone).map(({ atom }) => atom);
  const strides = rowMajorStrides(left.map((atom) => atom.size));
  const restrided = (atom: Atom): Atom =>
    atom.stride === 0 ? atom : { size: atom.size, stride: strides[left.indexOf(atom)]! };
  return {
    source: { kind: "tensor", tensor },
    dims: kept.map((dim) => dim.map(restrided)),
    dtype: x.dtype,
  };
}
