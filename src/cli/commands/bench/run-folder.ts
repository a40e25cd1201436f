import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  type AskedResult,
  type Journal,
  openAnswers,
  openJournal,
} from "../../../bench/ask/journal.ts";
import { RunError } from "../../../core/errors.ts";
import { canonicalJson, readJson, writeJson } from "../../../core/files.ts";
import { versions } from "../../../runs/versions.ts";
import { say } from "../../print.ts";
import type { AskingOptions } from "./model/model-options.ts";

/**
 * What answers depend on, and how many are wanted: two runs in one folder must agree in all but the
 * latter.
 */
export type RunSettings = Record<string, unknown>;

/** How much is asked. An answer does not depend on how many others there are. */
const extent: ReadonlySet<string> = new Set(["limit", "sample", "seed", "sets", "tasks"]);

/** Where a run lies by default: one folder a benchmark and model. */
export const runFolder = ({ out }: AskingOptions, benchmark: string, model: string): string =>
  out ?? join("runs", "bench", `${benchmark}-${model.replaceAll(/[^\w.-]+/g, "_")}`);

/**
 * Opens a run folder, new or begun: `config.json`, `versions.json`, `answers.jsonl`.
 * @throws RunError `BENCH_RUN_DIFFERS` naming the settings that differ.
 */
export function openRun(folder: string, settings: RunSettings): Journal<AskedResult> {
  const config = join(folder, "config.json");
  if (existsSync(config)) refuseOther(config, settings);
  else writeJson(join(folder, "versions.json"), versions());
  writeJson(config, settings);
  say(`run folder ${folder}`);
  return openAnswers(join(folder, "answers.jsonl"));
}

/** Results of a step after the answers, next to them: `predictions.jsonl`, `judged.jsonl`. */
export const openStageRows = <Result>(folder: string, name: string): Journal<Result> =>
  openJournal(join(folder, `${name}.jsonl`));

function refuseOther(file: string, settings: RunSettings): void {
  const before = readJson<RunSettings>(file);
  const all = new Set([...Object.keys(before), ...Object.keys(settings)]);
  const names = [...all].filter((name) => !extent.has(name));
  const differing = names.filter(
    (name) => canonicalJson(before[name] ?? null) !== canonicalJson(settings[name] ?? null),
  );
  if (differing.length === 0) return;
  throw new RunError(
    "BENCH_RUN_DIFFERS",
    `this run was begun with another ${differing.join(", ")}`,
    {
      file,
      hint: "choose another --out folder, or the settings it was begun with",
    },
  );
}
