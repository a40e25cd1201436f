import type { Graph, Tensor } from "../graph.ts";
import { product } from "./shape.ts";
import {
  type Atom,
  bare,
  type Dim,
  literalValue,
  type Placement,
  shapeOf,
  stored,
  tensorView,
  type View,
} from "./view.ts";

/** A view whose source is a tensor of the graph. */
export interface PlacedView extends View {
  readonly source: { readonly kind: "tensor"; readonly tensor: Tensor };
}

/** Gives a deferred value its place in memory, in the order its first reader reads it. */
export function placed(graph: Graph, view: View): PlacedView {
  const { source } = view;
  if (source.kind === "tensor") return { ...view, source };
  if (source.kind === "literal") {
    const tensor = graph.constant(view.dtype, [], [source.value]);
    return { ...view, source: { kind: "tensor", tensor } };
  }
  source.placed ??= source.place(stored(view.dims.flat()));
  const { tensor, moves } = source.placed;
  const dims = view.dims.map((dim) => movedDim(dim, moves));
  if (dims.every((dim) => dim !== undefined)) return tensorBacked(tensor, dims);
  // the view divides dimensions across the blocks of the placement: only nominal order shows it
  const nominal = moves.toSorted((a, b) => b.stride - a.stride);
  const atoms = nominal.map(({ size, to }) => ({ size, stride: to }));
  return tensorBacked(arrange(graph, tensor, atoms), view.dims);
}

function tensorBacked(tensor: Tensor, dims: readonly Dim[]): PlacedView {
  return { source: { kind: "tensor", tensor }, dims, dtype: tensor.dtype };
}

type Move = Placement["moves"][number];

/**
 * A dim in real strides: its nominal atoms split along the blocks of a placement, if they divide
 * so.
 */
function movedDim(dim: Dim, moves: readonly Move[]): Dim | undefined {
  const parts = dim.flatMap((atom) => (atom.stride === 0 ? [atom] : moved(atom, moves)));
  return parts.includes(undefined) ? undefined : (parts as Atom[]);
}

/** The atom's share of each block, outermost first; nothing for a share that is no whole factor. */
function moved(atom: Atom, moves: readonly Move[]): (Atom | undefined)[] {
  const end = atom.stride * atom.size;
  return moves.flatMap((block) => {
    const low = Math.max(atom.stride, block.stride);
    const high = Math.min(end, block.stride * block.size);
    if (high <= low) return [];
    if (high % low !== 0 || low % block.stride !== 0) return [undefined];
    return [{ size: high / low, stride: (low / block.stride) * block.to }];
  });
}

/**
 * A dense tensor that holds `tensor`'s elements in the order of `atoms` (repeated atoms take size
 * 1), reshaped to `shape`. Neighbouring atoms that stay neighbours travel as one axis of the
 * Transpose.
 */
export function arrange(
  graph: Graph,
  tensor: Tensor,
  atoms: readonly Atom[],
  shape: readonly number[] = atoms.map((atom) => (atom.stride > 0 ? atom.size : 1)),
): Tensor {
  const wanted = stored(atoms);
  const source = wanted.toSorted((a, b) => b.stride - a.stride);
  const order = wanted.map((atom) => source.indexOf(atom));
  if (order.every((from, to) => from === to)) return graph.reshape(tensor, shape);
  const runs: number[][] = [];
  for (const from of order) {
    const run = runs.at(-1);
    if (run && run.at(-1)! + 1 === from) run.push(from);
    else runs.push([from]);
  }
  const sourceRuns = runs.toSorted((a, b) => a[0]! - b[0]!);
  const sizes = sourceRuns.map((run) => product(run.map((i) => source[i]!.size)));
  const perm = runs.map((run) => sourceRuns.indexOf(run));
  const transposed = graph.emit(
    "Transpose",
    [graph.reshape(tensor, sizes)],
    perm.map((i) => sizes[i]!),
    tensor.dtype,
    { perm },
  );
  return graph.reshape(transposed, shape);
}

/** The view as a dense row-major tensor of its full shape. */
export function materialise(graph: Graph, view: View): Tensor {
  const shape = shapeOf(view);
  const value = literalValue(view);
  if (value !== undefined && product(shape) === 1) {
    return graph.constant(view.dtype, shape, [value]);
  }
  const { source, dims } = placed(graph, view);
  const atoms = dims.flat();
  if (atoms.every((atom) => atom.stride > 0)) return arrange(graph, source.tensor, atoms, shape);
  const sizes = atoms.map((atom) => atom.size);
  const compact = value === undefined ? arrange(graph, source.tensor, atoms) : source.tensor;
  const full = graph.emit("Expand", [compact, graph.int64s(sizes)], sizes, view.dtype);
  return graph.reshape(full, shape);
}

/** The same value over a dense row-major source. */
export function dense(graph: Graph, view: View): View {
  return tensorView(materialise(graph, view));
}

/** Row-major reshape: regroups atoms, and moves bytes only where no regrouping does it. */
export function reshapeView(graph: Graph, view: View, shape: readonly number[]): View {
  const queue = mergedAtoms(view);
  const dims: Atom[][] = [];
  for (const size of shape) {
    const dim = takeAtoms(queue, size);
    if (!dim) return tensorView(graph.reshape(materialise(graph, view), shape));
    dims.push(dim);
  }
  return bare(view, dims);
}

/** Atoms in logical order, neighbours with matching strides joined. */
function mergedAtoms(view: View): Atom[] {
  return mergeAtoms(view.dims.flat());
}

export function mergeAtoms(atoms: readonly Atom[]): Atom[] {
  const merged: Atom[] = [];
  for (const atom of atoms) {
    const last = merged.at(-1);
    if (last && last.stride === atom.stride * atom.size) {
      merged[merged.length - 1] = { size: last.size * atom.size, stride: atom.stride };
    } else merged.push(atom);
  }
  return merged;
}

/**
 * Takes atoms worth `size` elements from the front, splitting one if its size allows; else nothing.
 */
function takeAtoms(queue: Atom[], size: number): Atom[] | undefined {
  const taken: Atom[] = [];
  let rest = size;
  while (rest > 1) {
    const atom = queue[0]!;
    if (rest % atom.size === 0) {
      taken.push(queue.shift()!);
      rest /= atom.size;
    } else if (atom.size % rest === 0) {
      const inner = atom.size / rest;
      taken.push({ size: rest, stride: atom.stride * inner });
      queue[0] = { size: inner, stride: atom.stride };
      rest = 1;
    } else return undefined;
  }
  return taken;
}

/** Dims in another order (numpy transpose). */
export function permute(view: View, perm: readonly number[]): View {
  return bare(
    view,
    perm.map((i) => view.dims[i]!),
  );
}
