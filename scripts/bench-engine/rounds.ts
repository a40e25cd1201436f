import type { ProgressListener } from "../../src/core/progress.ts";

/** One measured thing: `run` does it a few times and says how long each took, in milliseconds. */
export interface Turn {
  name: string;
  run(): Promise<number[]>;
}

/**
 * Milliseconds by turn, one value a round: the fastest of the turn's repeats, for whatever else
 * runs on a machine can only make one slower.
 */
export type Measured = Map<string, number[]>;

/** How long one measurement may take. */
export interface Limits {
  rounds: number;
  /** No further round begins after this time, but there are always `fewest`. */
  seconds: number;
}

/** Measured runs of a turn, unless one takes seconds. */
export const repeats = 5;

/** Rounds that are run however slow the machine is. */
const fewest = 2;

/**
 * Every turn once a round, so that all of them meet the same states of the machine; each round
 * begins with another one. The first repeat of a turn may be a warm-up of its own: see `timed`.
 */
export async function interleave(
  step: string,
  turns: readonly Turn[],
  { rounds, seconds }: Limits,
  progress: ProgressListener,
): Promise<Measured> {
  const measured: Measured = new Map(turns.map(({ name }) => [name, []]));
  const began = performance.now();
  let done = 0;
  for (let round = 0; round < rounds; round++) {
    if (round >= fewest && performance.now() - began > 1000 * seconds) break;
    for (let at = 0; at < turns.length; at++) {
      const turn = turns[(round + at) % turns.length]!;
      measured.get(turn.name)!.push(Math.min(...(await turn.run())));
      progress({ step, done: ++done, total: rounds * turns.length });
    }
  }
  return measured;
}

/**
 * Runs `work` some times unmeasured, to fill caches that the turn before has emptied, then
 * measured.
 */
export async function timed(
  work: () => Promise<unknown>,
  { warmups, repeats }: { warmups: number; repeats: number },
): Promise<number[]> {
  for (let i = 0; i < warmups; i++) await work();
  const out: number[] = [];
  for (let i = 0; i < repeats; i++) {
    const began = performance.now();
    await work();
    out.push(performance.now() - began);
  }
  return out;
}
