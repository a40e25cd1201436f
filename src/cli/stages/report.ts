import { basename, join } from "node:path";
import { gapClosed, gapTable } from "../../bench/mep/oracle/gap.ts";
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
import { ceiling, coldStart } from "../../runs/layout.ts";
import { readFindings } from "../../runs/notices.ts";
import { readMetrics } from "../../runs/record.ts";
import { readStop, weightsOf } from "../../runs/stopped.ts";
import type { Versions } from "../../runs/versions.ts";
import { readTimings } from "../timings.ts";
import type { Workspace } from "../workspace.ts";
import type { Clips } from "./clips.ts";
import { dataNotes } from "./data-notes.ts";
import type { Measured } from "./evaluate.ts";
import { previewOf } from "./preview.ts";
import { aligned, markdown, referenceTable } from "./reference-table.ts";
import { describeSystem } from "./systems.ts";

/**
 * Writes `report.html` and `table.md`; returns the table for the console. `stopped` are systems
 * that are not in it, each with its reason.
 */
export async function runReport(
  workspace: Workspace,
  clips: Clips,
  measured: readonly Measured[],
  stopped: readonly string[] = [],
): Promise<string> {
  const { layout } = workspace;
  const oracle = measured.flatMap((system) => system.oracle ?? []);
  const reference = measured.flatMap((system) => system.reference ?? []);
  const data = await reportData(workspace, clips, measured, oracle, reference);
  writeReport(layout.report, { ...data, notes: [...stopped, ...(data.notes ?? [])] });
  const shown = oracle.map((result) => labelled(workspace, result));
  const tables = [...gapsOf(oracle), ...(reference.length > 0 ? [referenceTable(reference)] : [])];
  const systems = measured.map(({ name }) => `- ${name}: ${described(workspace, name)}`);
  const written = [
    ...(shown.length > 0 ? [markdownTable(shown)] : []),
    ...tables.map(markdown),
    [...systems, ...stopped.map((reason) => `- ${reason}`)].join("\n"),
  ];
  writeFileAtomic(layout.table, `${written.join("\n\n")}\n`);
  return [
    ...(shown.length > 0 ? [consoleTable(shown)] : []),
    ...tables.map(aligned),
    ...stopped,
  ].join("\n\n");
}

/** In a table of text, a row that is no competitor, or not a finished one, says so itself. */
function labelled({ layout }: Workspace, result: MepResult): MepResult {
  const { name } = result;
  if (name === ceiling) return { ...result, name: `${ceiling} (trained on truth)` };
  const [stop, weights] = [readStop(layout.system(name)), weightsOf(layout.system(name))];
  if (weights?.checkpoint === undefined || !stop) return result;
  return { ...result, name: `${name} (stopped at ${stop.step}; step ${weights.checkpoint})` };
}

/** What a system is, and where a guard has stopped it. */
function described({ experiment, layout }: Workspace, name: string): string {
  const said = describeSystem(experiment, name);
  const [stop, weights] = [readStop(layout.system(name)), weightsOf(layout.system(name))];
  if (weights?.checkpoint === undefined || !stop) return said;
  return `${said}; stopped by a guard at step ${stop.step}, weights of step ${weights.checkpoint}`;
}

/** How far each variant went from the cold start to the ceiling, where both were measured. */
function gapsOf(results: readonly MepResult[]): string[][][] {
  const [start, top] = [coldStart, ceiling].map((own) => results.find(({ name }) => name === own));
  const variants = results.filter((result) => result !== start && result !== top);
  if (start === undefined || top === undefined || variants.length === 0) return [];
  return [gapTable(variants, gapClosed(variants, start, top))];
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
    finding:
      oracle.length > 0
        ? finding(oracle.filter(({ name }) => name !== ceiling))
        : referenceFinding(reference),
    systems: measured.map((system) => ({
      name: system.name,
      description: described(workspace, system.name),
      ...(system.name === ceiling && { ceiling: true as const }),
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

/** Every variant against the first one (the baseline), and against the cold start. */
function pairs(names: readonly string[]): { a: string; b: string }[] {
  const [first, ...others] = names.filter((name) => name !== coldStart && name !== ceiling);
  if (first === undefined) return [];
  const against = (b: string) => (a: string) => ({ a, b });
  return [...others.map(against(first)), ...[first, ...others].map(against(coldStart))];
}

const flat = (values: object): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)]));
