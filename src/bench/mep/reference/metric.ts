import type { Join } from "../../../core/ratio.ts";
import type { SampleObservation } from "./observe.ts";

/** Numerator and denominator of one sample; [0, 0] leaves the sample out. */
export type Part = (sample: SampleObservation) => readonly [number, number];

/** A number of the benchmark with its meaning in words. */
export interface MepMetric {
  id: string;
  label: string;
  group: "utilization" | "probes" | "masked descriptions" | "controls" | "precursor";
  unit: "percent" | "count";
  better: "higher" | "lower" | "neither";
  about: string;
  join: Join;
  parts: readonly Part[];
}

export const out: readonly [number, number] = [0, 0];

/** A macro average: each counted sample weighs the same. */
export const share = (part: number, whole: number): readonly [number, number] =>
  whole === 0 ? out : [part / whole, 1];
