import type { Graph, Tensor } from "../graph.ts";
import type { OnnxType } from "../proto/model.ts";
import { align, type SharedAtom } from "./align.ts";
import { arrange, placed } from "./layout.ts";
import { broadcastShape, product, rowMajorStrides } from "./shape.ts";
import { type Atom, broadcastTo, literalValue, shapeOf, sourceSize, type View } from "./view.ts";

/** Emits one operator over dense tensors that broadcast to `shape`. */
export type Build = (inputs: Tensor[], shape: readonly number[]) => Tensor;

/**
 * An elementwise operator with broadcasting. The largest input keeps its memory layout and the
 * others follow; dimensions that broadcast alike are merged, so the kernel sees few, long axes.
 */
export function elementwise(
  graph: Graph,
  inputs: readonly View[],
  dtype: OnnxType,
  build: Build,
): View {
  const shape = broadcastShape(inputs.map(shapeOf));
  const spread = inputs.map((view) => broadcastTo(view, shape));
  const lead = leadOf(spread);
  if (lead !== undefined) spread[lead] = placed(graph, spread[lead]!);
  const { views, atoms } = align(graph, spread);
  const order = memoryOrder(atoms, lead);
  const groups = groupAlike(order);
  const whole = lead !== undefined && groups.length === 1 ? shapeAsStored(views[lead]!) : undefined;
  const tensors = views.map((view, i) => {
    if (literalValue(view) !== undefined) return placed(graph, view).source.tensor;
    const tensor = arrangeLike(graph, view, i, order, groups, i !== lead);
    const repeated = product(tensor.shape) === 1;
    return whole && !repeated ? graph.reshape(tensor, whole) : tensor;
  });
  const outSizes = whole ?? groups.map((group) => product(group.map((atom) => atom.size)));
  const tensor = build(tensors, outSizes);
  const strides = rowMajorStrides(order.map((atom) => atom.size));
  const strideOf = new Map(order.map((atom, i) => [atom, strides[i]!]));
  const dims: Atom[][] = shape.map(() => []);
  for (const atom of atoms) {
    dims[atom.dim]!.push({ size: atom.size, stride: strideOf.get(atom) ?? 0 });
  }
  return { source: { kind: "tensor", tensor }, dims, dtype };
}

/**
 * The lead's own shape: where no input repeats, keeping it saves reshaping the others and the
 * result.
 */
function shapeAsStored({ source }: View): readonly number[] | undefined {
  return source.kind === "tensor" ? source.tensor.shape : undefined;
}

/** One operator applied to inputs cast to its result type. */
export function applyOp(
  graph: Graph,
  op: string,
  inputs: readonly View[],
  dtype: OnnxType,
  domain = "",
): View {
  return elementwise(graph, inputs, dtype, (tensors, shape) =>
    graph.emit(
      op,
      tensors.map((tensor) => graph.cast(tensor, dtype)),
      shape,
      dtype,
      {},
      domain,
    ),
  );
}

/** The input that decides the layout: the largest; among equals one that already has a place. */
function leadOf(views: readonly View[]): number | undefined {
  const waits = (view: View) =>
    view.source.kind === "deferred" && view.source.placed === undefined ? 1 : 0;
  return views
    .map((_, i) => i)
    .filter((i) => literalValue(views[i]!) === undefined)
    .sort(
      (a, b) =>
        sourceSize(views[b]!) - sourceSize(views[a]!) || waits(views[a]!) - waits(views[b]!),
    )[0];
}

/**
 * Atoms that any input steps through, in the lead's memory order where it steps through them all.
 */
function memoryOrder(atoms: readonly SharedAtom[], lead: number | undefined): SharedAtom[] {
  const used = atoms.filter((atom) => atom.strides.some((stride) => stride > 0));
  if (lead === undefined || used.some((atom) => atom.strides[lead] === 0)) return used;
  return used.toSorted((a, b) => b.strides[lead]! - a.strides[lead]!);
}

/** Runs of neighbours that the same inputs repeat. */
function groupAlike(order: readonly SharedAtom[]): SharedAtom[][] {
  const alike = (a: SharedAtom, b: SharedAtom) =>
    a.strides.every((stride, i) => stride > 0 === b.strides[i]! > 0);
  const groups: SharedAtom[][] = [];
  for (const atom of order) {
    const group = groups.at(-1);
    if (group && alike(group[0]!, atom)) group.push(atom);
    else groups.push([atom]);
  }
  return groups;
}

/**
 * Input `i` as a tensor with one axis a group; leading axes of size 1 are dropped where allowed.
 */
function arrangeLike(
  graph: Graph,
  view: View,
  i: number,
  order: readonly SharedAtom[],
  groups: readonly SharedAtom[][],
  mayTrim: boolean,
): Tensor {
  const sizes = groups.map((group) =>
    group[0]!.strides[i]! > 0 ? product(group.map((atom) => atom.size)) : 1,
  );
  const firstUsed = sizes.findIndex((size) => size > 1);
  const shape = mayTrim ? sizes.slice(firstUsed < 0 ? sizes.length : firstUsed) : sizes;
  const own = order.map((atom) => ({ size: atom.size, stride: atom.strides[i]! }));
  return arrange(graph, placed(graph, view).source.tensor, own, shape);
}
