import type { MepResult } from "../bench/mep/oracle/result.ts";
import type { ReferenceResult } from "../bench/mep/reference/evaluate.ts";

/** Everything `report.html` shows. Filled by whoever ran the systems. */
export interface ReportData {
  title: string;
  /** The question the run answers, in one sentence. */
  question: string;
  /** What it found, in one or two sentences, if the writer dares. */
  finding?: string;
  /** Rows of the table, in order. The first is the common start (cold start). */
  systems: readonly ReportSystem[];
  /** Paired differences to show below the table: names of systems, `a` − `b`. */
  comparisons?: readonly { a: string; b: string }[];
  /** The clips that were trained on and measured with, where they are a user's. */
  data?: ReportClipSet;
  /** Clips to show, ids as in the items. A clip without record in a system shows that. */
  clips: readonly ReportClip[];
  /** Resolved config; shown as JSON. */
  config: unknown;
  seeds: Readonly<Record<string, string | number>>;
  versions: Readonly<Record<string, string>>;
  timings: readonly { step: string; seconds: number }[];
  /** Further remarks, one sentence each: guards that fired, things that were skipped. */
  notes?: readonly string[];
}

export interface ReportSystem {
  /** Same name as in the results. */
  name: string;
  /** How it was trained, in half a sentence. */
  description?: string;
  /** Trained on the truth: shows what could be reached and competes with nobody. */
  ceiling?: true;
  /** On clips whose truth is known exactly. */
  result?: MepResult;
  /** On clips with reference reasoning. */
  reference?: ReferenceResult;
  /** Rows of metrics.jsonl; `step` is the horizontal axis. Empty for a system without training. */
  curves: readonly Readonly<Record<string, number>>[];
}

/** A user's clips in numbers. */
export interface ReportClipSet {
  name: string;
  /** Clips by side. */
  counts: Readonly<Record<string, number>>;
  /** Clips by label over all sides; several labels of one clip count each. */
  labels: Readonly<Record<string, number>>;
  /** What was left out, how sides were drawn, what that may leak: one sentence each. */
  notes: readonly string[];
}

export interface ReportClip {
  id: string;
  /** Media file; embedded as a data URI. */
  path?: string;
  /** Why there is none. */
  without?: string;
  caption?: string;
}

/** What the sections of the oracle track show: systems that were measured on it. */
export type OracleReport = Omit<ReportData, "systems"> & {
  systems: readonly (ReportSystem & { result: MepResult })[];
};

/** Likewise of the reference track. */
export type ReferenceReport = Omit<ReportData, "systems"> & {
  systems: readonly (ReportSystem & { reference: ReferenceResult })[];
};

/** The report with the systems of the oracle track; null where none was measured on it. */
export function oracleReport(data: ReportData): OracleReport | null {
  const systems = data.systems.flatMap((system) =>
    system.result === undefined ? [] : [{ ...system, result: system.result }],
  );
  return systems.length === 0 ? null : { ...data, systems };
}

/** Likewise for the reference track. */
export function referenceReport(data: ReportData): ReferenceReport | null {
  const systems = data.systems.flatMap((system) =>
    system.reference === undefined ? [] : [{ ...system, reference: system.reference }],
  );
  return systems.length === 0 ? null : { ...data, systems };
}
