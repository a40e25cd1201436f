import type { Graph } from "../graph.ts";
import type { View } from "../view/view.ts";

/** A named jit function with kernels of its own, instead of the operators of its definition. */
export interface FusedRule {
  /** Number of arguments; jax-js passes constants it lifted out of the function before them. */
  readonly arity: number;
  forward(graph: Graph, inputs: readonly View[]): View;
  /**
   * Cotangents of all inputs, from the cotangent of the output; what nobody reads costs nothing.
   */
  backward(graph: Graph, inputs: readonly View[], output: View, cotangent: View): View[];
}

/** Fused kernels by the name of the jit function they replace; none gives the plain lowering. */
export type FusedRules = Readonly<Record<string, FusedRule>>;
