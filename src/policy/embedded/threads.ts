import os from "node:os";

/** Threads used where none are asked for: the cores, at most 4. */
export function defaultThreads(): number {
  return Math.min(4, os.availableParallelism());
}
