import type { Graph } from "../graph.ts";
import { dense, placed } from "./layout.ts";
import { type Atom, broadcastTo, shapeOf, type View } from "./view.ts";

/** A factor common to several views of one shape: their strides side by side. */
export interface SharedAtom {
  readonly size: number;
  readonly strides: readonly number[];
  /** The logical dimension it belongs to. */
  readonly dim: number;
}

export interface Aligned {
  readonly views: readonly View[];
  /** In logical order. */
  readonly atoms: readonly SharedAtom[];
}

/**
 * Brings views of one logical shape to a common factorisation of its dimensions. Views that factor
 * differently are written out densely first.
 */
export function align(graph: Graph, views: readonly View[]): Aligned {
  const ready = views.map((view) => (view.source.kind === "literal" ? view : placed(graph, view)));
  const atoms = sharedAtoms(ready);
  if (atoms) return { views: ready, atoms };
  const rewritten = ready.map((view) =>
    view.source.kind === "literal" ? view : broadcastTo(dense(graph, view), shapeOf(view)),
  );
  return { views: rewritten, atoms: sharedAtoms(rewritten)! };
}

function sharedAtoms(views: readonly View[]): SharedAtom[] | undefined {
  const shared: SharedAtom[] = [];
  const rank = views[0]?.dims.length ?? 0;
  for (let dim = 0; dim < rank; dim++) {
    const queues = views.map((view) => [...view.dims[dim]!]);
    while (queues[0]!.length > 0) {
      const size = Math.min(...queues.map((queue) => queue[0]!.size));
      const strides = queues.map((queue) => takeFactor(queue, size));
      if (strides.includes(undefined)) return undefined;
      shared.push({ size, strides: strides as number[], dim });
    }
  }
  return shared;
}

/**
 * Takes an outer factor of `size` off the queue and answers its stride; nothing if it does not fit.
 */
function takeFactor(queue: Atom[], size: number): number | undefined {
  const atom = queue[0]!;
  if (atom.size === size) {
    queue.shift();
    return atom.stride;
  }
  if (atom.size % size !== 0) return undefined;
  const inner = atom.size / size;
  queue[0] = { size: inner, stride: atom.stride };
  return atom.stride * inner;
}
