import type { Job } from "./job.ts";

/** What jobs are shared out among. */
export interface Seats {
  /** Jobs at a time, at most. */
  jobs: number;
  /** Cores that they share. */
  cores: number;
  /**
   * Threads of each job where somebody asked for a number. Else one, or two (halves of a batch,
   * with the bits of one thread) where cores are free, or where a job alone lasts longer than all
   * others together: beside them it would begin to use a core that they leave.
   */
  threads?: number;
}

/** A job that did not end well. */
export interface Failure {
  job: Job;
  error: unknown;
}

/** Begins a job; settles when it has ended. */
export type Perform = (job: Job, threads: number) => Promise<void>;

/**
 * Runs jobs as soon as what they rest on has ended, as many at a time as there are seats. What
 * fails takes down what rests on it and nothing else: the others are finished, for their results
 * stand by themselves.
 * @returns failures in the order in which they happened.
 */
export async function schedule(
  jobs: readonly Job[],
  seats: Seats,
  perform: Perform,
  onFailure: (failure: Failure) => void = () => {},
): Promise<Failure[]> {
  const waiting = new Map(jobs.map((job) => [job.id, job]));
  const running = new Map<string, { job: Job; threads: number; ended: Promise<Job> }>();
  const failures: Failure[] = [];
  const order = seats.jobs === 1 ? jobs : longestFirst(jobs);

  const start = (job: Job, threads: number): void => {
    waiting.delete(job.id);
    const fail = (error: unknown): void => {
      const failure = { job, error };
      failures.push(failure);
      for (const lost of dependentsOf(job, waiting.values())) waiting.delete(lost.id);
      onFailure(failure);
    };
    const ended = perform(job, threads)
      .catch(fail)
      .then(() => job);
    running.set(job.id, { job, threads, ended });
  };
  const isReady = ({ id, after }: Job): boolean =>
    waiting.has(id) && after.every((other) => !waiting.has(other) && !running.has(other));

  const threadsOf = (job: Job, claimants: number): number => {
    const used = [...running.values()].reduce((sum, { threads }) => sum + threads, 0);
    const begun = [...running.values()].map((each) => each.job);
    const others = [...begun, ...waiting.values()]
      .filter((other) => other !== job && !other.after.includes(job.id))
      .reduce((sum, { cost }) => sum + cost, 0);
    const roomy = seats.cores - used >= 2 * claimants;
    return roomy || job.cost * (seats.jobs - 1) > others ? 2 : 1;
  };

  while (waiting.size + running.size > 0) {
    for (const job of order.filter(isReady)) {
      const places = seats.jobs - running.size;
      if (places === 0) break;
      const claimants = Math.min(places, order.filter(isReady).length);
      start(job, seats.threads ?? threadsOf(job, claimants));
    }
    if (running.size === 0) break;
    const { id } = await Promise.race([...running.values()].map(({ ended }) => ended));
    running.delete(id);
  }
  return failures;
}

/** By the longest chain of jobs that begins with each: what ends last is begun first. */
function longestFirst(jobs: readonly Job[]): readonly Job[] {
  const chain = (job: Job): number =>
    job.cost +
    Math.max(0, ...jobs.filter(({ after }) => after.includes(job.id)).map((next) => chain(next)));
  const lengths = new Map(jobs.map((job) => [job, chain(job)]));
  return jobs.toSorted((a, b) => lengths.get(b)! - lengths.get(a)!);
}

/** Everything among `jobs` that rests on `job`, directly or not. */
function dependentsOf(job: Job, jobs: Iterable<Job>): Job[] {
  const all = [...jobs];
  const direct = all.filter(({ after }) => after.includes(job.id));
  return direct.flatMap((next) => [next, ...dependentsOf(next, all)]);
}
