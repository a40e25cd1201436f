import type { Graph } from "../graph.ts";
import { dense, mergeAtoms, type PlacedView, placed } from "../view/layout.ts";
import { product, rowMajorStrides } from "../view/shape.ts";
import {
  type Atom,
  bare,
  type Dim,
  literalValue,
  shapeOf,
  stored,
  type View,
} from "../view/view.ts";
import type { Rules } from "./rule.ts";

/** How one dim is cut: elements `start`, `start + step`, … `length` of them. */
interface Cut {
  readonly start: number;
  readonly length: number;
  readonly step: 1 | -1;
}

export const slicingRules: Rules = {
  shrink: ({ graph, inputs: [x], params }) => {
    const { slice } = params as { slice: [number, number][] };
    const shape = shapeOf(x!);
    const cuts = slice.map(([start, end], i) =>
      start === 0 && end === shape[i]
        ? undefined
        : ({ start, length: end - start, step: 1 } as const),
    );
    return [cut(graph, x!, cuts)];
  },
  flip: ({ graph, inputs: [x], params }) => {
    const { axis } = params as { axis: number[] };
    const cuts = shapeOf(x!).map((size, i) =>
      axis.includes(i) && size > 1
        ? ({ start: size - 1, length: size, step: -1 } as const)
        : undefined,
    );
    return [cut(graph, x!, cuts)];
  },
  split: ({ graph, inputs: [x], params }) => {
    const { axis, sizes } = params as { axis: number; sizes: number[] };
    let start = 0;
    return sizes.map((length) => {
      const piece = slice(graph, x!, axis, start, length);
      start += length;
      return piece;
    });
  },
};

/** `length` elements of one dim from `start`. */
export function slice(graph: Graph, x: View, axis: number, start: number, length: number): View {
  if (length === shapeOf(x)[axis]) return x;
  return cut(
    graph,
    x,
    x.dims.map((_, i) => (i === axis ? { start, length, step: 1 } : undefined)),
  );
}

function cut(graph: Graph, x: View, cuts: readonly (Cut | undefined)[]): View {
  const repeatedDim = (i: number): Dim => {
    const length = cuts[i]!.length;
    return length === 1 ? [] : [{ size: length, stride: 0 }];
  };
  const whole = cuttable(graph, x, cuts);
  if (!whole)
    return bare(
      x,
      x.dims.map((dim, i) => (cuts[i] ? repeatedDim(i) : dim)),
    );
  const atoms = stored(whole.dims.flat()).sort((a, b) => b.stride - a.stride);
  const cutOf = new Map<Atom, Cut>();
  whole.dims.forEach(([atom], i) => {
    if (cuts[i] && atom && atom.stride > 0) cutOf.set(atom, cuts[i]);
  });
  const tensor = cutOf.size > 0 ? emitSlice(graph, whole, atoms, cutOf) : whole.source.tensor;
  const sizes = atoms.map((atom) => cutOf.get(atom)?.length ?? atom.size);
  const strides = rowMajorStrides(sizes);
  const result = new Map(atoms.map((atom, i) => [atom, { size: sizes[i]!, stride: strides[i]! }]));
  const dims = whole.dims.map((dim, i) => {
    if (cuts[i] && !result.has(dim[0]!)) return repeatedDim(i);
    return dim.map((atom) => result.get(atom) ?? atom).filter((atom) => atom.size > 1);
  });
  return { source: { kind: "tensor", tensor }, dims, dtype: x.dtype };
}

/** The view with each cut dim as a single atom; nothing for a literal. */
function cuttable(
  graph: Graph,
  x: View,
  cuts: readonly (Cut | undefined)[],
): PlacedView | undefined {
  if (literalValue(x) !== undefined) return undefined;
  const view = placed(graph, x);
  const dims = view.dims.map((dim, i) => (cuts[i] ? mergeAtoms(dim) : dim));
  if (dims.every((dim, i) => !cuts[i] || dim.length <= 1)) return { ...view, dims };
  return placed(graph, dense(graph, x));
}

/** One Slice over the source; neighbouring atoms that are not cut are merged into one axis. */
function emitSlice(
  graph: Graph,
  view: PlacedView,
  atoms: readonly Atom[],
  cutOf: ReadonlyMap<Atom, Cut>,
) {
  const groups: Atom[][] = [];
  for (const atom of atoms) {
    const group = groups.at(-1);
    if (group && !cutOf.has(atom) && !cutOf.has(group[0]!)) group.push(atom);
    else groups.push([atom]);
  }
  const before = groups.map((group) => product(group.map((atom) => atom.size)));
  const after = groups.map((group, i) => cutOf.get(group[0]!)?.length ?? before[i]!);
  const axes = groups.flatMap((group, i) => (cutOf.has(group[0]!) ? [i] : []));
  const cuts = axes.map((i) => cutOf.get(groups[i]![0]!)!);
  // a reversed slice ends before element 0: any bound below −size says so
  const ends = cuts.map(({ start, length, step }) => (step === 1 ? start + length : -(2 ** 40)));
  const bounds = [cuts.map(({ start }) => start), ends, axes, cuts.map(({ step }) => step)];
  const inputs = [graph.reshape(view.source.tensor, before), ...bounds.map((b) => graph.int64s(b))];
  return graph.emit("Slice", inputs, after, view.dtype);
}
