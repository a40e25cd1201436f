import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { RunError } from "../../src/core/errors.ts";
import { readJson } from "../../src/core/files.ts";
import { coldStart, type RunLayout } from "../../src/runs/layout.ts";

/** What is read of a run's settings. */
export interface StoredConfig {
  seed: number;
  policy?: unknown;
  features?: unknown;
  executor?: unknown;
  embedder?: unknown;
  data?: { source?: string };
  variants?: Record<string, unknown>;
  bench?: { evaluation?: unknown };
}

/** Where a system's weights lie. */
export interface Weights {
  folder: string;
  /** null of one that was trained to the end. */
  stoppedAt: number | null;
}

export interface OpenOptions {
  /** Names of trained systems; undefined: all of the run. */
  only?: readonly string[] | undefined;
  /** First clips of the items alone, for a quick look. */
  limit?: number | undefined;
  /** Whether a system without finished weights is measured on those of its last checkpoint. */
  stopped?: boolean;
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
 * Weights of each system that is asked for, the cold start first.
 * @throws RunError `RUN_INCOMPLETE`, `SYSTEM_UNKNOWN`.
 */
export function weightsOf(
  layout: RunLayout,
  { variants = {} }: StoredConfig,
  { only, stopped = false }: OpenOptions,
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
  return new Map(systems.map((name) => [name, weightsOfSystem(layout, name, stopped)]));
}

/** Systems that were trained and measured beside the run's variants, such as a ceiling. */
function besideVariants(layout: RunLayout, variants: readonly string[]): string[] {
  return readdirSync(layout.root)
    .sort()
    .filter((name) => !variants.includes(name) && existsSync(layout.system(name).evaluation));
}

function weightsOfSystem(layout: RunLayout, name: string, stopped: boolean): Weights {
  const { final, evaluation, checkpoint } = layout.system(name);
  const newest = join(checkpoint, "newest.json");
  if (!existsSync(join(final, "policy.json")) && existsSync(newest) && stopped) {
    const { step, folder } = readJson<{ step: number; folder: string }>(newest);
    return { folder: join(checkpoint, folder), stoppedAt: step };
  }
  const hint = existsSync(newest)
    ? "let the run finish, or measure what a guard stopped on its last checkpoint with --stopped"
    : "let the run finish, or leave the system out with --systems";
  need(join(final, "policy.json"), hint);
  need(evaluation, hint);
  return { folder: final, stoppedAt: null };
}
