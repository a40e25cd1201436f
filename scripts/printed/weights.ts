import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { RunError } from "../../src/core/errors.ts";
import { coldStart, type RunLayout } from "../../src/runs/layout.ts";
import { type Weights, weightsOf } from "../../src/runs/stopped.ts";

/** What is read of a run's settings. */
export interface StoredConfig {
  seed: number;
  policy?: unknown;
  features?: unknown;
  executor?: unknown;
  embedder?: unknown;
  data?: { source?: string };
  variants?: Record<string, unknown>;
}

export interface OpenOptions {
  /** Names of trained systems; undefined: all of the run. */
  only?: readonly string[] | undefined;
  /** First clips of the items alone, for a quick look. */
  limit?: number | undefined;
}

/** @throws RunError `RUN_INCOMPLETE`. */
export function need(
  file: string,
  hint = "let the run finish (`npm run demo` goes on where it was)",
) {
  if (existsSync(file)) return;
  throw new RunError("RUN_INCOMPLETE", "the run has no such file", { file, hint });
}

/** @throws RunError `RUN_NO_TRUTH`. */
export function refuseForeign({ config: file }: RunLayout, { data }: StoredConfig): void {
  const source = data?.source ?? "synthetic";
  if (source === "synthetic") return;
  throw new RunError("RUN_NO_TRUTH", `the clips of this run are '${source}'`, {
    file,
    hint: "only clips drawn by the synthetic corpus have a known truth: give a run of the demo",
  });
}

/**
 * Weights of each system that is asked for, the cold start first; of one that a guard stopped those
 * of its last checkpoint.
 * @throws RunError `RUN_INCOMPLETE`, `SYSTEM_UNKNOWN`.
 */
export function weightsBySystem(
  layout: RunLayout,
  { variants = {} }: StoredConfig,
  { only }: OpenOptions,
): ReadonlyMap<string, Weights> {
  const known = [coldStart, ...Object.keys(variants)];
  known.push(...besideVariants(layout, known));
  const unknown = only?.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new RunError("SYSTEM_UNKNOWN", `the run has no system '${unknown}'`, {
      file: layout.config,
      hint: `systems of this run: ${known.join(", ")}`,
    });
  }
  const systems = known.filter((name) => name === coldStart || (only?.includes(name) ?? true));
  return new Map(systems.map((name) => [name, measurable(layout, name)]));
}

/** Systems that were trained and measured beside the run's variants, such as a ceiling. */
function besideVariants(layout: RunLayout, variants: readonly string[]): string[] {
  return readdirSync(layout.root)
    .sort()
    .filter((name) => !variants.includes(name) && existsSync(layout.system(name).evaluation));
}

function measurable(layout: RunLayout, name: string): Weights {
  const system = layout.system(name);
  const hint = "let the run finish, or leave the system out with --systems";
  const weights = weightsOf(system);
  need(weights ? join(weights.folder, "policy.json") : system.final, hint);
  need(system.evaluation, hint);
  return weights!;
}
