import type { Graph, Tensor } from "../graph.ts";
import type { OnnxType } from "../proto/model.ts";
import { align, type SharedAtom } from "../view/align.ts";
import { arrange, placed, reshapeView } from "../view/layout.ts";
import { broadcastShape, product, range, rowMajorStrides } from "../view/shape.ts";
import {
  type Atom,
  broadcastTo,
  type Deferred,
  type Dim,
  literalValue,
  type Placement,
  shapeOf,
  type View,
} from "../view/view.ts";
import { multiply, scale } from "./arithmetic.ts";
import { castView } from "./cast.ts";
import { reduce } from "./reduce.ts";
import type { Rules } from "./rule.ts";

export const dotRules: Rules = {
  dot: ({ graph, inputs, outputs }) => {
    const { dtype } = outputs[0]!;
    return [dot(graph, castView(graph, inputs[0]!, dtype), castView(graph, inputs[1]!, dtype))];
  },
};

/**
 * Σ x·y over the last dim. Its broadcasting pattern tells what each factor of the other dims is: in
 * both operands a batch, in x alone a row, in y alone a column. So einsum-like products, transposed
 * operands and their gradients all become one Gemm or MatMul.
 */
export function dot(graph: Graph, x: View, y: View): View {
  const shape = broadcastShape([shapeOf(x), shapeOf(y)]);
  const last = shape.length - 1;
  const [a, b] = [broadcastTo(x, shape), broadcastTo(y, shape)];
  const bySum = () => reduce(graph, multiply(graph, [a, b], x.dtype), "Add", [last]);
  if (literalValue(x) !== undefined || literalValue(y) !== undefined) return bySum();
  const { views, atoms } = align(graph, [a, b]);
  const contracted = atoms.filter((atom) => atom.dim === last);
  if (contracted.some((atom) => atom.strides.includes(0))) {
    return dotPartlyRepeated(graph, views, atoms, shape);
  }
  const plan = planProduct(atoms, contracted);
  const { batch, rows, columns, depth } = plan;
  if (size(depth) === 1 || (size(rows) === 1 && size(columns) === 1 && size(batch) > 1)) {
    return bySum();
  }
  const tensors = views.map((view) => placed(graph, view).source.tensor) as [Tensor, Tensor];
  const source = productSource(graph, plan, tensors, x.dtype, 1);
  return { source, dims: outputDims(atoms, plan, last), dtype: x.dtype };
}

interface ProductPlan {
  readonly batch: readonly SharedAtom[];
  readonly rows: readonly SharedAtom[];
  readonly columns: readonly SharedAtom[];
  readonly depth: readonly SharedAtom[];
}

type Side = 0 | 1;

const size = (atoms: readonly { size: number }[]) => product(atoms.map((atom) => atom.size));

/**
 * Classes of atoms in memory order; where the operands disagree, in that of the one better left
 * alone.
 */
function planProduct(atoms: readonly SharedAtom[], contracted: readonly SharedAtom[]): ProductPlan {
  const free = atoms.filter((atom) => !contracted.includes(atom));
  const pick = (inX: boolean, inY: boolean, owner: Side) =>
    inMemoryOrder(
      free.filter(({ strides }) => strides[0]! > 0 === inX && strides[1]! > 0 === inY),
      owner,
    );
  const planFor = (lead: Side): ProductPlan => ({
    batch: pick(true, true, lead),
    rows: pick(true, false, 0),
    columns: pick(false, true, 1),
    depth: inMemoryOrder(contracted, lead),
  });
  const [byX, byY] = [planFor(0), planFor(1)];
  const [xStays, yStays] = [staysPut(byX, 0), staysPut(byY, 1)];
  if (xStays !== yStays) return xStays ? byX : byY;
  return size(byX.rows) >= size(byX.columns) ? byX : byY;
}

function inMemoryOrder(atoms: readonly SharedAtom[], side: Side): SharedAtom[] {
  return atoms.toSorted((p, q) => q.strides[side]! - p.strides[side]!);
}

/** Whether an operand is a (batched) matrix as it lies, under the plan. */
function staysPut(plan: ProductPlan, side: Side): boolean {
  const atoms = matrixAtoms(plan, side).atoms;
  return atoms.every((atom, i) => i === 0 || atoms[i - 1]!.strides[side]! > atom.strides[side]!);
}

/**
 * An operand's atoms as a matrix, [batch, free, depth] or [batch, depth, free]: whichever leaves
 * its innermost atom innermost, so that a Transpose, where one is needed, moves whole runs.
 */
function matrixAtoms({ batch, rows, columns, depth }: ProductPlan, side: Side) {
  const free = side === 0 ? rows : columns;
  const innermost = (atoms: readonly SharedAtom[]) =>
    Math.min(...atoms.map((atom) => atom.strides[side]!));
  const depthFirst = innermost(free) < innermost(depth);
  const atoms = depthFirst ? [...batch, ...depth, ...free] : [...batch, ...free, ...depth];
  return { free, depthFirst, atoms };
}

/** Dims of the product as if stored [batch, rows, columns]. */
function outputDims(atoms: readonly SharedAtom[], plan: ProductPlan, last: number): Dim[] {
  const order = [...plan.batch, ...plan.rows, ...plan.columns];
  const strides = rowMajorStrides(order.map((atom) => atom.size));
  const dims: Atom[][] = range(0, last).map(() => []);
  for (const atom of atoms) {
    if (atom.dim === last) continue;
    const at = order.indexOf(atom);
    dims[atom.dim]!.push({ size: atom.size, stride: at < 0 ? 0 : strides[at]! });
  }
  return dims;
}

/** Scaling an unplaced product yields another product with the factor inside. */
function productSource(
  graph: Graph,
  plan: ProductPlan,
  tensors: readonly [Tensor, Tensor],
  dtype: OnnxType,
  alpha: number,
): Deferred {
  return {
    kind: "deferred",
    place: (order) => placeProduct(graph, plan, tensors, dtype, alpha, order),
    ...(dtype === "float32" && {
      scale: (factor) => productSource(graph, plan, tensors, dtype, alpha * factor),
    }),
  };
}

/**
 * Emits the product with rows or columns outermost, whichever the reader's order of atoms suits.
 */
function placeProduct(
  graph: Graph,
  plan: ProductPlan,
  [x, y]: readonly [Tensor, Tensor],
  dtype: OnnxType,
  alpha: number,
  order: readonly Atom[],
): Placement {
  const [batches, m, n] = [size(plan.batch), size(plan.rows), size(plan.columns)];
  const swap = wantsColumnsFirst(order, m, n);
  const left = operand(graph, x, 0, plan);
  const right = operand(graph, y, 1, plan);
  const [first, second] = swap ? [right, left] : [left, right];
  const shape = [...(batches > 1 ? [batches] : []), ...(swap ? [n, m] : [m, n])];
  const tensor = emitProduct(graph, first, second, shape, dtype, alpha);
  const moves = [
    { size: batches, stride: m * n, to: m * n },
    { size: m, stride: n, to: swap ? 1 : n },
    { size: n, stride: 1, to: swap ? m : 1 },
  ];
  return { tensor, moves: moves.filter((move) => move.size > 1) };
}

/**
 * Whether the reader takes all columns before all rows (in nominal strides, columns are below n). A
 * single column always goes first: kernels are fast for vector · matrix, not for matrix · vector.
 */
function wantsColumnsFirst(order: readonly Atom[], m: number, n: number): boolean {
  if (m === 1 || n === 1) return m > 1;
  const within = order.filter((atom) => atom.stride < m * n);
  const firstRow = within.findIndex((atom) => atom.stride >= n);
  return firstRow > 0 && within.slice(firstRow).every((atom) => atom.stride >= n);
}

interface Operand {
  readonly tensor: Tensor;
  /** Stored [batch, depth, free] instead of [batch, free, depth]. */
  readonly depthFirst: boolean;
}

function operand(graph: Graph, tensor: Tensor, side: Side, plan: ProductPlan): Operand {
  const { free, depthFirst, atoms } = matrixAtoms(plan, side);
  const sizes = [size(free), size(plan.depth)];
  const matrix = depthFirst ? sizes.toReversed() : sizes;
  const batches = size(plan.batch);
  const own = atoms.map((atom) => ({ size: atom.size, stride: atom.strides[side]! }));
  const shape = batches > 1 ? [batches, ...matrix] : matrix;
  return { tensor: arrange(graph, tensor, own, shape), depthFirst };
}

/**
 * Gemm folds transposes of plain matrices, onnxruntime's FusedMatMul those of batches; both alpha.
 */
function emitProduct(
  graph: Graph,
  first: Operand,
  second: Operand,
  shape: readonly number[],
  dtype: OnnxType,
  alpha: number,
): Tensor {
  const transA = first.depthFirst ? 1 : 0;
  const transB = second.depthFirst ? 0 : 1;
  const inputs = [first.tensor, second.tensor];
  if (transA + transB === 0 && alpha === 1) return graph.emit("MatMul", inputs, shape, dtype);
  if (dtype !== "float32") {
    const upright = [turned(graph, inputs[0]!, transA), turned(graph, inputs[1]!, transB)];
    return graph.emit("MatMul", upright, shape, dtype);
  }
  const attributes = { transA, transB, alpha: { float: alpha } };
  if (shape.length === 2) return graph.emit("Gemm", inputs, shape, dtype, attributes);
  return graph.emit("FusedMatMul", inputs, shape, dtype, attributes, "com.microsoft");
}

function turned(graph: Graph, tensor: Tensor, turn: number): Tensor {
  if (turn === 0) return tensor;
  const rank = tensor.shape.length;
  const perm = [...range(0, rank - 2), rank - 1, rank - 2];
  const shape = perm.map((i) => tensor.shape[i]!);
  return graph.emit("Transpose", [tensor], shape, tensor.dtype, { perm });
}

/**
 * An operand that repeats along (part of) the contracted dim: Σ x·y = x · Σ y there, so the other
 * operand is summed first; where both repeat, the sum is a count.
 */
function dotPartlyRepeated(
  graph: Graph,
  views: readonly View[],
  atoms: readonly SharedAtom[],
  shape: readonly number[],
): View {
  const last = shape.length - 1;
  const contracted = atoms.filter((atom) => atom.dim === last);
  const both = contracted.filter(({ strides }) => strides.every((stride) => stride > 0));
  const sides = views.map((view, side) => {
    const own = (dim: number) => atoms.filter((atom) => atom.dim === dim).map(atomOf);
    const atomOf = (atom: SharedAtom) => ({ size: atom.size, stride: atom.strides[side]! });
    const alone = contracted.filter(({ strides }) => strides[side]! > 0 && strides[1 - side] === 0);
    const dims = [...range(0, last).map(own), both.map(atomOf), alone.map(atomOf)];
    const summed = reduce(graph, { source: view.source, dims, dtype: view.dtype }, "Add", [
      last + 1,
    ]);
    return reshapeView(graph, summed, [...shape.slice(0, last), size(both)]);
  });
  const repeats = size(contracted.filter(({ strides }) => strides.every((s) => s === 0)));
  return scale(graph, dot(graph, sides[0]!, sides[1]!), repeats);
}
