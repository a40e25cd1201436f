import { basename, join } from "node:path";
import type { MepResult } from "../../bench/mep/oracle/result.ts";
import {
  consoleTable,
  formatValue,
  markdownTable,
  metricById,
} from "../../bench/mep/oracle/table.ts";
import type { ReferenceResult } from "../../bench/mep/reference/evaluate.ts";
import { readJson, writeFileAtomic } from "../../core/files.ts";
import type { ReportClip, ReportClipSet, ReportData } from "../../report/data.ts";
import { writeReport } from "../../report/report.ts";
import { coldStart } from "../../runs/layout.ts";
import { readFindings } from "../../runs/notices.ts";
import { readMetrics } from "../../runs/record.ts";
import type { Versions } from "../../runs/versions.ts";
import { readTimings } from "../timings.ts";
import type { Workspace } from "../workspace.ts";
import type { Clips } from "./clips.ts";
import { dataNotes } from "./data-notes.ts";
import type { Measured } from "./evaluate.ts";
import { previewOf } from "./preview.ts";
import { aligned, markdown, referenceTable } from "./reference-table.ts";

/** Writes `report.html` and `table.md`; returns the table for the console. */
export async function runReport(
  workspace: Workspace,
  clips: Clips,
  measured: readonly Measured[],
): Promise<string> {
  const { layout } = workspace;
  const oracle = measured.flatMap((system) => system.oracle ?? []);
  const reference = measured.flatMap((system) => system.reference ?? []);
  writeReport(layout.report, await reportData(workspace, clips, measured, oracle, reference));
  const table = reference.length > 0 ? referenceTable(reference) : undefined;
  const written = [
    ...(oracle.length > 0 ? [markdownTable(oracle)] : []),
    ...(table ? [markdown(table)] : []),
  ];
  writeFileAtomic(layout.table, `${written.join("\n\n")}\n`);
  return [
    ...(oracle.length > 0 ? [consoleTable(oracle)] : []),
    ...(table ? [aligned(table)] : []),
  ].join("\n\n");
}

async function reportData(
  workspace: Workspace,
  clips: Clips,
  measured: readonly Measured[],
  oracle: readonly MepResult[],
  reference: readonly ReferenceResult[],
): Promise<ReportData> {
  const { experiment, layout } = workspace;
  const { packages, ...machine } = readJson<Versions>(layout.versions);
  const set = clipSet(workspace, clips);
  return {
    title: `OPPO: ${experiment.name}`,
    question:
      "Does rewarding perception, and penalising evidence that does not depend on its own modality, make a model use what it sees and hears without inventing it?",
    finding: oracle.length > 0 ? finding(oracle) : referenceFinding(reference),
    systems: measured.map((system) => ({
      name: system.name,
      description: describe(experiment, system.name),
      ...(system.oracle && { result: system.oracle }),
      ...(system.reference && { reference: system.reference }),
      curves: readMetrics(layout.system(system.name)),
    })),
    comparisons: pairs(measured.map(({ name }) => name)),
    ...(set && { data: set }),
    clips:
      oracle.length > 0
        ? oracleClips(clips, oracle[0]!)
        : await referenceClips(workspace, clips, reference[0]),
    config: experiment,
    seeds: { experiment: experiment.seed },
    versions: { ...flat(machine), ...packages },
    timings: readTimings(layout.timings),
    notes: readFindings(layout.notices),
  };
}

/** A user's clips in numbers; the synthetic corpus says of itself what it is. */
function clipSet({ experiment }: Workspace, clips: Clips): ReportClipSet | undefined {
  if (experiment.data.source === "synthetic") return undefined;
  const count = (values: readonly string[]): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
    return counts;
  };
  const { list } = experiment.data;
  return {
    name: typeof list === "string" ? basename(list) : experiment.data.source,
    counts: count(clips.rows.map(({ split }) => split)),
    labels: count(clips.rows.flatMap(({ labels }) => labels)),
    notes: [...dataNotes(clips), ...clips.featureNotes],
  };
}

function oracleClips(clips: Clips, result: MepResult): ReportClip[] {
  const rows = new Map(clips.rows.map((row) => [row.id, row]));
  return result.clips
    .filter((clip) => clip.tokens !== undefined)
    .map((clip) => ({
      id: clip.id,
      path: rows.get(clip.id)!.media.video!,
      caption: clip.congruent
        ? `face and voice express ${clip.label}`
        : `conflict: face ${clip.emotion.visual}, voice ${clip.emotion.acoustic}`,
    }));
}

async function referenceClips(
  { layout }: Workspace,
  clips: Clips,
  result: ReferenceResult | undefined,
): Promise<ReportClip[]> {
  const rows = new Map(clips.rows.map((row) => [row.id, row]));
  const shown = (result?.clips ?? []).filter((clip) => clip.tokens !== undefined);
  const out: ReportClip[] = [];
  for (const { id } of shown) {
    const row = rows.get(id)!;
    const preview = await previewOf(row, join(layout.root, "data", "previews"));
    const caption = row.subtitle === undefined ? id : `“${row.subtitle}”`;
    out.push({
      id,
      caption,
      ...("file" in preview ? { path: preview.file } : { without: preview.without }),
    });
  }
  return out;
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

function referenceFinding(results: readonly ReferenceResult[]): string {
  const number = (value: number | null | undefined) => value?.toFixed(1) ?? "–";
  const parts = results.map(({ name, estimates, aboveFloor, score }) => {
    const recall = estimates[`utilization@${score.protocol.headline}`]?.value;
    const { difference, low, high } = aboveFloor;
    return (
      `${name} recovers ${number(recall)} % of the references' cues, ${number(difference)} points ` +
      `(${number(low)} to ${number(high)}) more than of another clip's`
    );
  });
  return `Measured here: ${parts.join(". ")}.`;
}

function describe(experiment: Workspace["experiment"], system: string): string {
  const synthetic = experiment.data.source === "synthetic";
  if (system === coldStart)
    return `supervised on ${synthetic ? "partial, noisy" : "partial"} reasoning`;
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
