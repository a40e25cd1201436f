import type { Graph, Tensor } from "../graph.ts";
import { materialise, permute, reshapeView } from "../view/layout.ts";
import { broadcastShape, product, range } from "../view/shape.ts";
import { broadcastTo, literal, shapeOf, tensorView, type View } from "../view/view.ts";
import { add, scale } from "./arithmetic.ts";
import { castView } from "./cast.ts";
import type { Rules } from "./rule.ts";

interface IndexingParams {
  /** Indexed axes of the operand, one per index array. */
  readonly axis: readonly number[];
  /** Where the index dims stand among the remaining dims. */
  readonly outDim: number;
}

interface ScatterParams extends IndexingParams {
  readonly shape: readonly number[];
  readonly op: string;
}

/**
 * A one-hot matrix up to this many elements beats a serial scatter (1.3 against 21 ms, measured).
 */
const oneHotElements = 2 ** 23;

export const indexingRules: Rules = {
  gather: ({ graph, inputs: [x, ...indices], params }) => [
    gather(graph, x!, indices, params as IndexingParams),
  ],
  scatter: ({ graph, inputs: [updates, ...indices], params }) => [
    scatter(graph, updates!, indices, params as ScatterParams),
  ],
};

function gather(graph: Graph, x: View, indices: readonly View[], params: IndexingParams): View {
  const shape = shapeOf(x);
  const { axis, outDim } = params;
  const rest = range(0, shape.length).filter((i) => !axis.includes(i));
  const restSizes = rest.map((i) => shape[i]!);
  const index = linearIndex(
    graph,
    indices,
    axis.map((i) => shape[i]!),
  );
  const indexShape = shapeOf(index);
  const tableSizes = [product(axis.map((i) => shape[i]!)), product(restSizes)];
  const table = graph.reshape(materialise(graph, permute(x, [...axis, ...rest])), tableSizes);
  const flatIndex = flat(graph, index);
  const rows = graph.emit(
    "Gather",
    [table, flatIndex],
    [flatIndex.shape[0]!, tableSizes[1]!],
    x.dtype,
    {
      axis: 0,
    },
  );
  const result = reshapeView(graph, tensorView(rows), [...indexShape, ...restSizes]);
  return permute(result, indexDimsTo(outDim, indexShape.length, rest.length));
}

/**
 * Adds rows of updates into zeros. Never as ScatterND(add): onnxruntime runs that in parallel
 * without synchronising duplicate indices, which silently loses gradient. A one-hot product is
 * exact (a non-finite update, though, spoils its whole column); past its size, ScatterElements adds
 * serially.
 */
function scatter(
  graph: Graph,
  updates: View,
  indices: readonly View[],
  params: ScatterParams,
): View {
  const { axis, outDim, shape, op } = params;
  const rest = range(0, shape.length).filter((i) => !axis.includes(i));
  const restSizes = rest.map((i) => shape[i]!);
  const indexed = axis.map((i) => shape[i]!);
  const index = linearIndex(graph, indices, indexed);
  const indexRank = shapeOf(index).length;
  const toFront = inverse(indexDimsTo(outDim, indexRank, rest.length));
  const flatIndex = flat(graph, index);
  const rowSizes = [flatIndex.shape[0]!, product(restSizes)];
  const rows = graph.reshape(materialise(graph, permute(updates, toFront)), rowSizes);
  const height = product(indexed);
  const small = op === "add" && rows.dtype === "float32" && height * rowSizes[0]! <= oneHotElements;
  const table = small
    ? addByOneHot(graph, flatIndex, rows, height)
    : scatterSerially(graph, flatIndex, rows, height, op);
  const result = reshapeView(graph, tensorView(table), [...indexed, ...restSizes]);
  return permute(result, inverse([...axis, ...rest]));
}

/** One-hot columns: made in a third of the time that rows take. */
function addByOneHot(graph: Graph, index: Tensor, rows: Tensor, height: number): Tensor {
  const depth = graph.constant("int32", [], [height]);
  const values = graph.constant("float32", [2], [0, 1]);
  const shape = [height, index.shape[0]!];
  const oneHot = graph.emit("OneHot", [index, depth, values], shape, "float32", { axis: 0 });
  return graph.emit("MatMul", [oneHot, rows], [height, rows.shape[1]!], "float32");
}

function scatterSerially(
  graph: Graph,
  index: Tensor,
  rows: Tensor,
  height: number,
  op: string,
): Tensor {
  const shape = [height, rows.shape[1]!];
  const zeros = materialise(graph, literal(0, rows.dtype, shape));
  const column = graph.reshape(index, [index.shape[0]!, 1]);
  const everywhere = graph.emit(
    "Expand",
    [column, graph.int64s(rows.shape)],
    rows.shape,
    index.dtype,
  );
  const reduction = { text: op === "add" ? "add" : "none" };
  return graph.emit("ScatterElements", [zeros, everywhere, rows], shape, rows.dtype, {
    axis: 0,
    reduction,
  });
}

/**
 * Several index arrays as one, row-major over the indexed axes, broadcast to their common shape.
 */
function linearIndex(graph: Graph, indices: readonly View[], sizes: readonly number[]): View {
  const shape = broadcastShape(indices.map(shapeOf));
  let linear = literal(0, "int32", shape);
  indices.forEach((index, i) => {
    const stride = product(sizes.slice(i + 1));
    const steps = scale(graph, castView(graph, index, "int32"), stride);
    linear = add(graph, [linear, steps], "int32");
  });
  return broadcastTo(linear, shape);
}

function flat(graph: Graph, index: View): Tensor {
  const count = product(shapeOf(index));
  return graph.reshape(materialise(graph, index), [count]);
}

/** Permutation that moves leading index dims behind the first `outDim` of the remaining dims. */
function indexDimsTo(outDim: number, indexRank: number, restRank: number): number[] {
  const index = range(0, indexRank);
  const rest = range(indexRank, indexRank + restRank);
  return [...rest.slice(0, outDim), ...index, ...rest.slice(outDim)];
}

function inverse(perm: readonly number[]): number[] {
  return perm.map((_, i) => perm.indexOf(i));
}
