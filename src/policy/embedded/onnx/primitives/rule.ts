import type { Graph } from "../graph.ts";
import type { Aval } from "../jaxpr.ts";
import type { View } from "../view/view.ts";

/**
 * What a lowering rule gets: the graph to emit into, the operands, and what jax-js says comes out.
 */
export interface Operation {
  readonly graph: Graph;
  readonly inputs: readonly View[];
  readonly params: unknown;
  readonly outputs: readonly Aval[];
}

/** Lowers one primitive; answers one view per output. */
export type Rule = (operation: Operation) => View[];

/** Rules of one group of primitives, by jax-js primitive name. */
export type Rules = Readonly<Record<string, Rule>>;
