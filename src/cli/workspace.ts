import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Experiment, experimentOptions } from "../config/schema.ts";
import { RunError } from "../core/errors.ts";
import { canonicalJson, readJson, writeJson } from "../core/files.ts";
import type { ProgressListener } from "../core/progress.ts";
import { type RunLayout, runLayout } from "../runs/layout.ts";
import { lockRun } from "../runs/lock.ts";
import { type Notice, noticeRecorder } from "../runs/notices.ts";
import { versions } from "../runs/versions.ts";
import { progressPrinter, say } from "./print.ts";
import { type TimingListener, timingRecorder } from "./timings.ts";

/** One experiment with its run folder, as the commands pass it around. */
export interface Workspace {
  experiment: Experiment;
  layout: RunLayout;
  progress: ProgressListener;
  notice: Notice;
  /** Told how long each step took. */
  took: TimingListener;
}

/** Where a run of this experiment lies. */
export const layoutOf = ({ name }: Pick<Experiment, "name">, runs: string): RunLayout =>
  runLayout(join(runs, name));

/**
 * Opens (or makes) the run folder of an experiment and takes it for this process. A folder made
 * with another config is refused: its checkpoints and items would not belong to this one.
 * @throws RunError `RUN_CONFIG_DIFFERS` naming the first differing field, `RUN_LOCKED`.
 */
export function openWorkspace(experiment: Experiment, runs: string): Workspace {
  const layout = layoutOf(experiment, runs);
  if (existsSync(layout.config)) refuseOther(layout.config, experiment);
  lockRun(layout.lock);
  if (!existsSync(layout.config)) writeJson(layout.config, experiment);
  const record = noticeRecorder(layout.notices);
  const notice: Notice = (text, kind) => {
    say(`  ${kind === "resume" ? "·" : "!"} ${text}`);
    record(text, kind);
  };
  recordVersions(layout, notice);
  const took = timingRecorder(layout.timings);
  return { experiment, layout, progress: progressPrinter(), notice, took };
}

function refuseOther(file: string, experiment: Experiment): void {
  const field = firstDifference(storedConfig(file), experiment, "");
  if (field === undefined) return;
  throw new RunError("RUN_CONFIG_DIFFERS", `this run was begun with another '${field}'`, {
    file,
    hint: "give the run another name (--name, or --set name=…), or delete its folder to begin anew",
  });
}

/**
 * A run's settings as they are read now: an older version did not write settings that came since.
 */
function storedConfig(file: string): unknown {
  const stored = readJson(file);
  const parsed = experimentOptions.safeParse(stored);
  return parsed.success ? parsed.data : stored;
}

/** The versions that began the run stay on record; going on under others is said aloud. */
function recordVersions(layout: RunLayout, notice: Notice): void {
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
