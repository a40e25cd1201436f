import type { Tensor } from "../graph.ts";
import type { OnnxType } from "../proto/model.ts";
import { product, rowMajorStrides } from "./shape.ts";

/**
 * A factor of a dimension: `size` steps of `stride` elements; stride 0 repeats the same element.
 */
export interface Atom {
  readonly size: number;
  readonly stride: number;
}

/** One logical dimension, outermost factor first. Empty for a dimension of size 1. */
export type Dim = readonly Atom[];

/**
 * A value of the program: strided dimensions over a source. Reshape, transpose and broadcast only
 * rearrange atoms; bytes move when an operator needs them in another order.
 *
 * Invariant: the atoms of non-zero stride, by descending stride, are a row-major factorisation of
 * the whole source: each of its elements occurs exactly once, repeats aside.
 */
export interface View {
  readonly source: Source;
  readonly dims: readonly Dim[];
  readonly dtype: OnnxType;
  /** This view equals `of * by`; lets `a + (-b)` become one Sub and factors multiply out. */
  readonly scaled?: { readonly of: View; readonly by: number };
  /** This view equals `1 / inverseOf`; lets `a * (1 / b)` become one Div. */
  readonly inverseOf?: View;
  /** This view is the product of two broadcast values; lets a sum of it become a matrix product. */
  readonly factors?: readonly [View, View];
  /** This view is a residual that a fused forward rule saved for its backward rule. */
  readonly residual?: Residual;
}

/** What a fused rule remembers from forward to backward: its inputs and its output. */
export interface Residual {
  readonly rule: string;
  readonly inputs: readonly View[];
  readonly output: View;
}

export type Source =
  | { readonly kind: "tensor"; readonly tensor: Tensor }
  | { readonly kind: "literal"; readonly value: number }
  | Deferred;

/**
 * A value that is emitted when first read, so that its first reader's preferred order of atoms can
 * decide its memory layout (a matrix product may as well come out transposed).
 */
export interface Deferred {
  readonly kind: "deferred";
  readonly place: (order: readonly Atom[]) => Placement;
  /** The same value times a factor, at no cost; a matrix product has its alpha for that. */
  readonly scale?: (factor: number) => Deferred;
  placed?: Placement;
  /** Read more than once: a variant of it would be computed as well as it, not instead of it. */
  shared?: boolean;
}

/** Where a deferred value was put: which nominal strides became which real ones. */
export interface Placement {
  readonly tensor: Tensor;
  readonly moves: readonly (Atom & { readonly to: number })[];
}

export function tensorView(tensor: Tensor): View {
  const dims = denseDims(tensor.shape);
  return { source: { kind: "tensor", tensor }, dims, dtype: tensor.dtype };
}

/** Dimensions of a dense row-major value. */
export function denseDims(shape: readonly number[]): Dim[] {
  const strides = rowMajorStrides(shape);
  return shape.map((size, i) => (size === 1 ? [] : [{ size, stride: strides[i]! }]));
}

/** The same number everywhere. */
export function literal(value: number, dtype: OnnxType, shape: readonly number[] = []): View {
  return { source: { kind: "literal", value }, dims: shape.map(repeated), dtype };
}

export function literalValue(view: View): number | undefined {
  return view.source.kind === "literal" ? view.source.value : undefined;
}

export function shapeOf(view: View): number[] {
  return view.dims.map(dimSize);
}

export function dimSize(dim: Dim): number {
  return product(dim.map((atom) => atom.size));
}

/** Elements of the source the view covers, repeats not counted. */
export function sourceSize(view: View): number {
  return product(stored(view.dims.flat()).map((atom) => atom.size));
}

/** Atoms that step through memory (stride not 0). */
export function stored(atoms: readonly Atom[]): Atom[] {
  return atoms.filter((atom) => atom.stride > 0);
}

/** Numpy broadcasting to a shape; costs nothing. */
export function broadcastTo(view: View, shape: readonly number[]): View {
  const missing = shape.length - view.dims.length;
  const dims = shape.map((size, i) => {
    const dim = view.dims[i - missing] ?? [];
    return dim.length === 0 ? repeated(size) : dim;
  });
  return bare(view, dims);
}

/** The view with other dims and without notes about how it was computed. */
export function bare(view: View, dims: readonly Dim[]): View {
  return { source: view.source, dims, dtype: view.dtype };
}

function repeated(size: number): Dim {
  return size === 1 ? [] : [{ size, stride: 0 }];
}
