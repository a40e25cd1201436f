import { existsSync } from "node:fs";
import { readJson, writeJson } from "../core/files.ts";

/**
 * Seconds spent on each step of a run, summed over resumes; a killed process's share is not known.
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

/** Runs `work` and adds its wall-clock time to the run's timings, also when it fails. */
export async function timed<T>(file: string, step: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  try {
    return await work();
  } finally {
    const timings = readTimings(file);
    const seconds = (performance.now() - began) / 1000;
    const known = timings.find((timing) => timing.step === step);
    if (known) known.seconds += seconds;
    else timings.push({ step, seconds });
    writeJson(file, timings);
  }
}
