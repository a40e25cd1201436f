import type { Graph, Tensor } from "../graph.ts";
import type { OnnxType } from "../proto/model.ts";
import { materialise } from "../view/layout.ts";
import { sameShape } from "../view/shape.ts";
import {
  broadcastTo,
  type Deferred,
  denseDims,
  literal,
  shapeOf,
  type View,
} from "../view/view.ts";
import { castView } from "./cast.ts";
import type { Rules } from "./rule.ts";

/** Pieces laid side by side along one axis, zeros between them. */
interface Pieces {
  readonly axis: number;
  readonly shape: readonly number[];
  readonly pieces: readonly Piece[];
}

interface Piece {
  readonly start: number;
  readonly length: number;
  readonly view: View;
}

/** Unread piece-wise values: the gradient of slicing is a sum of paddings, which is one Concat. */
const unread = new WeakMap<Deferred, Pieces>();

export const piecesRules: Rules = {
  concatenate: ({ graph, inputs, params, outputs }) => {
    const { axis } = params as { axis: number };
    const { shape, dtype } = outputs[0]!;
    let start = 0;
    const pieces = inputs.map((input) => {
      const length = shapeOf(input)[axis]!;
      const piece = { start, length, view: castView(graph, input, dtype) };
      start += length;
      return piece;
    });
    return [lay(graph, { axis, shape, pieces }, dtype)];
  },
  pad: ({ graph, inputs: [x], params }) => {
    const { width } = params as { width: [number, number][] };
    let view = x!;
    width.forEach(([before, after], axis) => {
      if (before === 0 && after === 0) return;
      const inner = shapeOf(view);
      const length = inner[axis]!;
      const shape = inner.with(axis, before + length + after);
      view = lay(graph, { axis, shape, pieces: [{ start: before, length, view }] }, view.dtype);
    });
    return [view];
  },
};

/** x + y where both are unread pieces that do not overlap: one set of pieces. Else nothing. */
export function addDisjoint(graph: Graph, x: View, y: View): View | undefined {
  const [p, q] = [piecesOf(x), piecesOf(y)];
  if (!p || !q || p.axis !== q.axis || !sameShape(p.shape, q.shape)) return undefined;
  const overlap = p.pieces.some((a) =>
    q.pieces.some((b) => a.start < b.start + b.length && b.start < a.start + a.length),
  );
  if (overlap) return undefined;
  return lay(graph, { ...p, pieces: [...p.pieces, ...q.pieces] }, x.dtype);
}

/** The pieces behind a view that shows them as they lie, and that nothing has read yet. */
function piecesOf(view: View): Pieces | undefined {
  if (view.source.kind !== "deferred" || view.source.placed) return undefined;
  const pieces = unread.get(view.source);
  const nominal = pieces && denseDims(pieces.shape);
  const asLaid = nominal && JSON.stringify(view.dims) === JSON.stringify(nominal);
  return asLaid ? pieces : undefined;
}

function lay(graph: Graph, pieces: Pieces, dtype: OnnxType): View {
  const dims = denseDims(pieces.shape);
  const source: Deferred = {
    kind: "deferred",
    place: () => {
      const tensor = concatenate(graph, pieces, dtype);
      return { tensor, moves: dims.flat().map((atom) => ({ ...atom, to: atom.stride })) };
    },
  };
  unread.set(source, pieces);
  return { source, dims, dtype };
}

function concatenate(graph: Graph, { axis, shape, pieces }: Pieces, dtype: OnnxType): Tensor {
  const parts: Tensor[] = [];
  let at = 0;
  const zerosUpTo = (end: number) => {
    if (end > at) parts.push(materialise(graph, literal(0, dtype, shape.with(axis, end - at))));
  };
  for (const { start, length, view } of pieces.toSorted((a, b) => a.start - b.start)) {
    zerosUpTo(start);
    parts.push(materialise(graph, broadcastTo(view, shape.with(axis, length))));
    at = start + length;
  }
  zerosUpTo(shape[axis]!);
  if (parts.length === 1) return parts[0]!;
  return graph.emit("Concat", parts, shape, dtype, { axis });
}
