import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Experiment, experimentOptions } from "../config/schema.ts";
import { RunError } from "../core/errors.ts";
import { canonicalJson, readJson, writeJson } from "../core/files.ts";
import { appendJsonl } from "../core/jsonl.ts";
import type { ProgressListener } from "../core/progress.ts";
import { type RunLayout, runLayout } from "../runs/layout.ts";
import { versions } from "../runs/versions.ts";
import { progressPrinter, say } from "./print.ts";

/** One experiment with its run folder, as the commands pass it around. */
export interface Workspace {
  experiment: Experiment;
  layout: RunLayout;
  progress: ProgressListener;
  notice: (message: string) => void;
}

/**
 * Opens (or makes) the run folder of an experiment. A folder made with another config is refused: its
 * checkpoints and items would not belong to this one.
 * @throws RunError RUN_CONFIG_DIFFERS naming the first differing field.
 */
export function openWorkspace(experiment: Experiment, runs: string): Workspace {
  const layout = runLayout(join(runs, experiment.name));
  if (existsSync(layout.config)) {
    const field = firstDifference(begunWith(layout.config), experiment, "");
    if (field !== undefined) {
      throw new RunError("RUN_CONFIG_DIFFERS", `this run was begun with another '${field}'`, {
        file: layout.config,
        hint: "give the run another name (--set name=…), or delete its folder to begin anew",
      });
    }
  } else {
    writeJson(layout.config, experiment);
  }
  const notice = (text: string): void => {
    say(`  ! ${text}`);
    appendJsonl(layout.notices, [{ at: new Date().toISOString(), text }]);
  };
  recordVersions(layout, notice);
  return { experiment, layout, progress: progressPrinter(), notice };
}

/** The run's own settings; one that a later version brought counts as its default. */
function begunWith(file: string): unknown {
  const written = readJson(file);
  const parsed = experimentOptions.safeParse(written);
  return parsed.success ? parsed.data : written;
}

/** The versions that began the run stay on record; going on under others is said aloud. */
function recordVersions(layout: RunLayout, notice: (text: string) => void): void {
  const now = versions();
  if (!existsSync(layout.versions)) {
    writeJson(layout.versions, now);
    return;
  }
  const field = firstDifference(readJson(layout.versions), now, "");
  if (field !== undefined) notice(`this run was begun with another version: '${field}' differs`);
}

/** Dotted path of the first field in which two JSON values differ. */
function firstDifference(a: unknown, b: unknown, path: string): string | undefined {
  if (canonicalJson(a) === canonicalJson(b)) return undefined;
  if (!isRecord(a) || !isRecord(b)) return path;
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const found = firstDifference(a[key] ?? null, b[key] ?? null, path ? `${path}.${key}` : key);
    if (found !== undefined) return found;
  }
  return path;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value);
