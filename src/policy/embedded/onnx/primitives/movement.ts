import { permute, reshapeView } from "../view/layout.ts";
import { type Atom, bare } from "../view/view.ts";
import type { Rules } from "./rule.ts";

/** Primitives that only rearrange dims: no bytes move here. */
export const movementRules: Rules = {
  transpose: ({ inputs: [x], params }) => [permute(x!, (params as { perm: number[] }).perm)],
  reshape: ({ graph, inputs: [x], params }) => [
    reshapeView(graph, x!, (params as { shape: number[] }).shape),
  ],
  broadcast: ({ inputs: [x], params }) => {
    const { shape, axis } = params as { shape: number[]; axis: number[] };
    const remaining = [...x!.dims];
    const dims = shape.map((size, i): readonly Atom[] => {
      const dim = axis.includes(i) ? [] : remaining.shift()!;
      return dim.length === 0 && size > 1 ? [{ size, stride: 0 }] : dim;
    });
    return [bare(x!, dims)];
  },
};
