import type { MepResult } from "../bench/mep/oracle/result.ts";

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
  /** Same name as `result.name`. */
  name: string;
  /** How it was trained, in half a sentence. */
  description?: string;
  result: MepResult;
  /** Rows of metrics.jsonl; `step` is the horizontal axis. Empty for a system without training. */
  curves: readonly Readonly<Record<string, number>>[];
}

export interface ReportClip {
  id: string;
  /** Video file; embedded as a data URI. */
  path: string;
  caption?: string;
}
