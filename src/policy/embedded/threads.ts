import os from "node:os";

/**
 * Threads used where none are asked for: one for each half of a batch. With more, operators are
 * divided among threads and round differently in the last bits, so a machine of more cores would
 * give other numbers.
 */
export function defaultThreads(): number {
  return Math.min(2, os.availableParallelism());
}
