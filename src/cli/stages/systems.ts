import type { Experiment } from "../../config/schema.ts";
import { ceiling, coldStart } from "../../runs/layout.ts";

/** Names of an experiment's systems as tables show them: the start, its variants, the ceiling. */
export function systemsOf(experiment: Pick<Experiment, "variants" | "ceiling">): string[] {
  return [coldStart, ...Object.keys(experiment.variants), ...(experiment.ceiling ? [ceiling] : [])];
}

/** What a system is, in half a sentence. */
export function describeSystem(
  { data, variants, ceiling: course }: Pick<Experiment, "data" | "variants" | "ceiling">,
  system: string,
): string {
  const synthetic = data.source === "synthetic";
  if (system === coldStart) {
    return `supervised on ${synthetic ? "partial, noisy" : "partial"} reasoning; all variants start here`;
  }
  if (system === ceiling) {
    const length = course === "all" ? "of every training clip" : "as long as the cold start";
    return `no competitor: supervised on complete, true reasoning, ${length}`;
  }
  return variants[system]?.description ?? "";
}
