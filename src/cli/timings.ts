import { existsSync } from "node:fs";
import { readJson, writeJson } from "../core/files.ts";

/**
 * Wall-clock seconds spent on each step of a run, summed over resumes; a killed process's share is
 * not known. Steps that ran side by side overlap: their sum is more than what all took.
 */
export interface Timing {
  step: string;
  seconds: number;
}

/** The name of the whole: all steps and what lies between them. */
export const total = "in all";

export function readTimings(file: string): Timing[] {
  return existsSync(file) ? readJson<Timing[]>(file) : [];
}

/** Told how long a step took. */
export type TimingListener = (step: string, seconds: number) => void;

/** Adds seconds to a run's timings. One process writes the file: stages elsewhere report to it. */
export function timingRecorder(file: string): TimingListener {
  return (step, seconds) => {
    const timings = readTimings(file);
    const known = timings.find((timing) => timing.step === step);
    if (known) known.seconds += seconds;
    else timings.push({ step, seconds });
    writeJson(file, timings);
  };
}

/** Runs `work` and reports its wall-clock time, also when it fails. */
export async function timed<T>(
  took: TimingListener,
  step: string,
  work: () => Promise<T>,
): Promise<T> {
  const began = performance.now();
  try {
    return await work();
  } finally {
    took(step, (performance.now() - began) / 1000);
  }
}
