import type { FinishedGraph } from "./graph.ts";

/** Graphs kept, some 200 kB each. */
const keptGraphs = 96;

const graphs = new Map<string, FinishedGraph>();

/**
 * The graph of that identity, made at most once a process (unless many others came since). Tracing
 * and lowering a training step takes 50 to 200 ms, and one experiment opens half a dozen policies
 * of one shape.
 */
export function graphOf(identity: string, make: () => FinishedGraph): FinishedGraph {
  const graph = graphs.get(identity) ?? make();
  graphs.delete(identity);
  graphs.set(identity, graph);
  const [oldest] = graphs.keys();
  if (graphs.size > keptGraphs && oldest !== undefined) graphs.delete(oldest);
  return graph;
}
