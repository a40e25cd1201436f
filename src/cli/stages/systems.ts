import type { Experiment } from "../../config/schema.ts";
import { ceiling, coldStart } from "../../runs/layout.ts";

/** Names of an experiment's systems as tables show them: the start, its variants, the ceiling. */
export function systemsOf(experiment: Pick<Experiment, "variants" | "ceiling">): string[] {
  return [coldStart, ...Object.keys(experiment.variants), ...(experiment.ceiling ? [ceiling] : [])];
}

/** What a system is, in half a sentence. */
export function describeSystem(
  { data, variants }: Pick<Experiment, "data" | "variants">,
  system: string,
): string {
  const synthetic = data.source === "synthetic";
  if (system === coldStart) {
    return `supervised on ${synthetic ? "partial, noisy" : "partial"} reasoning; all variants start here`;
  }
  if (system === ceiling) {
    return "no competitor: supervised on complete, true reasoning, as long as the cold start";
  }
  return variants[system]?.description ?? "";
}
