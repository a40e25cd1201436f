import { existsSync } from "node:fs";
import { appendJsonl, readJsonl, writeJsonl } from "../core/jsonl.ts";
import type { SystemLayout } from "./layout.ts";

/** One optimiser step's numbers. `step` counts from 1. */
export type MetricsRow = { step: number } & Record<string, number>;

/** One rollout of a recorded step. */
export interface RolloutRow {
  /** Counts from 1. */
  step: number;
  /** Which of the step's groups it belongs to, from 0: its advantage compares it with these. */
  group: number;
  clip: string;
  response: string;
  reward: number;
  /** The reward's terms by name. */
  terms: Record<string, number>;
}

/**
 * Appends a system's metrics and rollouts. Opening it at step n drops what a killed run wrote after
 * n.
 */
export class Recorder {
  private readonly layout: SystemLayout;

  constructor(layout: SystemLayout, resumeAtStep: number) {
    this.layout = layout;
    for (const file of [layout.metrics, layout.rollouts]) truncate(file, resumeAtStep);
  }

  metrics(row: MetricsRow): void {
    appendJsonl(this.layout.metrics, [row]);
  }

  rollouts(rows: readonly RolloutRow[]): void {
    appendJsonl(this.layout.rollouts, rows);
  }
}

function truncate(file: string, lastStep: number): void {
  if (!existsSync(file)) return;
  const rows = readJsonl<{ step: number }>(file);
  writeJsonl(
    file,
    rows.filter((row) => row.step <= lastStep),
  );
}

export function readMetrics(layout: SystemLayout): MetricsRow[] {
  return existsSync(layout.metrics) ? readJsonl<MetricsRow>(layout.metrics) : [];
}
