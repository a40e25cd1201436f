import type { Graph, Tensor } from "../graph.ts";
import { dense, mergeAtoms, type PlacedView, placed } from "../view/layout.ts";
import { product } from "../view/shape.ts";
import { dimSize, sourceSize, type View } from "../view/view.ts";

/** A value as a matrix [rows, width] whose rows are its last dim, and the way back. */
export interface Rows {
  readonly matrix: Tensor;
  /** A tensor of the same layout as a view of the original shape. */
  readonly restore: (matrix: Tensor) => View;
  /** A column [rows, 1] as a view of the original shape with last dim 1. */
  readonly restoreColumn: (column: Tensor) => View;
}

/** Rows in whatever order memory has them: kernels of the last axis do not care. */
export function rowsOf(graph: Graph, view: View): Rows {
  const { source, dims } = withContiguousRows(graph, view);
  const width = dimSize(dims.at(-1) ?? []);
  const rows = product(dims.map(dimSize)) / width;
  const columnDims = dims.map((dim, i) =>
    i === dims.length - 1
      ? []
      : dim.map((atom) => ({ size: atom.size, stride: atom.stride / width })),
  );
  return {
    matrix: graph.reshape(source.tensor, [rows, width]),
    restore: (tensor) => ({ source: { kind: "tensor", tensor }, dims, dtype: view.dtype }),
    restoreColumn: (tensor) => ({
      source: { kind: "tensor", tensor },
      dims: columnDims,
      dtype: view.dtype,
    }),
  };
}

/** A kernel of the last axis. */
export function overRows(graph: Graph, op: string, x: View): View {
  const { matrix, restore } = rowsOf(graph, x);
  return restore(graph.emit(op, [matrix], matrix.shape, x.dtype, { axis: 1 }));
}

function withContiguousRows(graph: Graph, view: View): PlacedView {
  const direct = placed(graph, view);
  const last = mergeAtoms(direct.dims.at(-1) ?? []);
  const contiguous = last.length === 1 && last[0]!.stride === 1;
  const full = sourceSize(direct) === product(direct.dims.map(dimSize));
  return contiguous && full ? direct : placed(graph, dense(graph, view));
}
