import type { ProgressListener } from "../../src/core/progress.ts";
import type { Limits } from "./rounds.ts";
import type { Yardstick } from "./yardstick.ts";

/** What every section works with. */
export interface Context {
  quick: boolean;
  /** Of the interleaved measurements. */
  limits: Limits;
  /** Thread counts, ascending. */
  threads: readonly number[];
  /** One PyTorch process per thread count; empty where PyTorch is left out. */
  yardsticks: readonly Yardstick[];
  /** Why `yardsticks` is empty. */
  withoutYardstick: string | undefined;
  /** Names of the objectives to be measured; undefined: all. */
  objectives?: readonly string[] | undefined;
  /** Scratch folder; the exported policy and batches lie here. */
  folder: string;
  /**
   * GFLOP/s of the large plain product by `onnx, 1 thr.`, `PyTorch, 2 thr.`…; filled by `ceiling`.
   */
  ceilings: Map<string, number>;
  progress: ProgressListener;
  say(text: string): void;
}

export const sectionNames = [
  "parity",
  // before what is held against it
  "ceiling",
  "steps",
  "sampling",
  "objectives",
  "scaling",
  "profile",
] as const;
export type SectionName = (typeof sectionNames)[number];

/** One goal with what was measured for it. */
export interface Target {
  goal: string;
  measured: string;
  /** Absent where nothing was measured. */
  met?: boolean;
}

export interface Section {
  name: SectionName | "demo";
  title: string;
  markdown: string;
  targets: readonly Target[];
  /** Everything measured, for the JSON file. */
  data: unknown;
}
