import { existsSync } from "node:fs";
import { join } from "node:path";
import type { MepResult } from "../../bench/mep/oracle/result.ts";
import {
  consoleTable,
  formatValue,
  markdownTable,
  metricById,
} from "../../bench/mep/oracle/table.ts";
import { readJson, writeFileAtomic } from "../../core/files.ts";
import { readJsonl } from "../../core/jsonl.ts";
import type { ReportData } from "../../report/data.ts";
import { writeReport } from "../../report/report.ts";
import { readMetrics } from "../../runs/record.ts";
import type { Versions } from "../../runs/versions.ts";
import { readTimings } from "../timings.ts";
import type { Workspace } from "../workspace.ts";
import type { Clips } from "./clips.ts";
import { coldStart } from "./policy.ts";

/** Writes `report.html` and `table.md`; returns the table for the console. */
export function runReport(
  workspace: Workspace,
  clips: Clips,
  results: readonly MepResult[],
): string {
  const { layout } = workspace;
  writeReport(layout.report, reportData(workspace, clips, results));
  writeFileAtomic(layout.table, `${markdownTable(results)}\n`);
  return consoleTable(results);
}

function reportData(
  { experiment, layout }: Workspace,
  clips: Clips,
  results: readonly MepResult[],
): ReportData {
  const files = new Map(clips.rows.map((row) => [row.id, row]));
  const shown = (results[0]?.clips ?? []).filter((clip) => clip.tokens !== undefined);
  const { packages, ...machine } = readJson<Versions>(layout.versions);
  const notices = existsSync(layout.notices) ? readJsonl<{ text: string }>(layout.notices) : [];
  return {
    title: `OPPO: ${experiment.name}`,
    question:
      "Does rewarding perception, and penalising evidence that does not depend on its own modality, make a model use what it sees and hears without inventing it?",
    finding: finding(results),
    systems: results.map((result) => ({
      name: result.name,
      description: describe(experiment, result.name),
      result,
      curves: readMetrics(layout.system(result.name)),
    })),
    comparisons: pairs(results.map((result) => result.name)),
    clips: shown.map((clip) => ({
      id: clip.id,
      path: join(layout.corpus, files.get(clip.id)!.file),
      caption: clip.congruent
        ? `face and voice express ${clip.label}`
        : `conflict: face ${clip.emotion.visual}, voice ${clip.emotion.acoustic}`,
    })),
    config: experiment,
    seeds: { experiment: experiment.seed },
    versions: { ...flat(machine), ...packages },
    timings: readTimings(layout.timings),
    notes: notices.map(({ text }) => text),
  };
}

/** The headline numbers of every system, in words. */
function finding(results: readonly MepResult[]): string {
  const value = ({ estimates }: MepResult, id: string) =>
    formatValue(metricById(id), estimates[id]?.value ?? null);
  const parts = results.map(
    (result) =>
      `${result.name} recovers ${value(result, "recall-visual")} % of visual and ` +
      `${value(result, "recall-acoustic")} % of acoustic cues; on conflict clips ` +
      `${value(result, "faithfulness-conflict")} % of its claims are true and cross-modal ` +
      `hallucination is ${value(result, "cross")} %`,
  );
  return `Measured here: ${parts.join(". ")}.`;
}

function describe(experiment: Workspace["experiment"], system: string): string {
  if (system === coldStart) return "supervised on partial, noisy reasoning";
  return experiment.variants[system]?.description ?? "";
}

/** Every trained system against the cold start, and against the first variant (the baseline). */
function pairs(names: readonly string[]): { a: string; b: string }[] {
  const [first, ...others] = names.filter((name) => name !== coldStart);
  if (first === undefined) return [];
  const against = (b: string) => (a: string) => ({ a, b });
  return [...others.map(against(first)), ...[first, ...others].map(against(coldStart))];
}

const flat = (values: object): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)]));
