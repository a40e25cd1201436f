import { availableParallelism } from "node:os";
import { parentPort, type Worker } from "node:worker_threads";
import { OppoError } from "./errors.ts";
import { receiveError, type SentError, sendError, startThread } from "./thread.ts";

/** A kind of work that threads can do. */
export interface JobKind<Job, Result> {
  /** Module of a worker thread; it hands `perform` to `serveJobs`. */
  worker: URL;
  perform: (job: Job) => Promise<Result>;
}

/** How jobs are spread over threads. */
export interface PoolOptions<Job> {
  /** Worker threads; 0 does the work in this thread (worth it below about twenty clips). */
  workers: number;
  signal?: AbortSignal | undefined;
  /** Told of each failed job, and the others go on. Without it the first failure ends the work. */
  onFailure?: ((error: OppoError, job: Job) => void) | undefined;
}

type Reply<Result> = { result: Result } | { error: SentError };

/** One worker per core; more than eight wait for the disk. */
export const defaultWorkers = (): number => Math.min(8, availableParallelism());

/**
 * Runs jobs on worker threads and hands each result over as it comes, in any order. Stops at the
 * first failed job (unless `onFailure` hears of them) or when `signal` aborts; what was handed over
 * until then stands.
 * @throws the job's OppoError, or the signal's reason.
 */
export async function runJobs<Job, Result>(
  kind: JobKind<Job, Result>,
  jobs: readonly Job[],
  options: PoolOptions<Job>,
  onResult: (result: Result, job: Job) => void,
): Promise<void> {
  if (jobs.length === 0) return;
  const queue = jobs.values();
  const { onFailure } = options;
  const settle = (reply: Reply<Result>, job: Job): void => {
    if ("result" in reply) onResult(reply.result, job);
    else if (onFailure) onFailure(receiveError(reply.error), job);
    else throw receiveError(reply.error);
  };
  if (options.workers === 0) {
    for (const job of queue) {
      options.signal?.throwIfAborted();
      settle(await reply(kind.perform, job), job);
    }
    return;
  }
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, ...(options.signal ? [options.signal] : [])]);
  const count = Math.min(options.workers, jobs.length);
  const workers = Array.from({ length: count }, () => startThread(kind.worker));
  try {
    await Promise.all(workers.map((worker) => feed(worker, queue, signal, settle)));
  } finally {
    stop.abort();
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** Gives one worker job after job until none is left. */
function feed<Job, Result>(
  worker: Worker,
  queue: Iterator<Job>,
  signal: AbortSignal,
  settle: (reply: Reply<Result>, job: Job) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let job: Job;
    const next = (): void => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      const { value, done } = queue.next();
      if (done) {
        resolve();
        return;
      }
      job = value;
      worker.postMessage(job);
    };
    worker.on("message", (reply: Reply<Result>) => {
      try {
        settle(reply, job);
        next();
      } catch (error) {
        reject(error);
      }
    });
    worker.on("error", reject);
    worker.on("exit", (code) => reject(new OppoError("WORKER_EXIT", `worker ended (${code})`)));
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    next();
  });
}

/**
 * The worker thread's side: one job at a time, each answered by one reply. `moved` names the
 * buffers of a result that change hands uncopied.
 */
export function serveJobs<Job, Result>(
  perform: (job: Job) => Promise<Result>,
  moved: (result: Result) => readonly ArrayBuffer[] = () => [],
): void {
  parentPort?.on("message", async (job: Job) => {
    const answer = await reply(perform, job);
    parentPort?.postMessage(answer, "result" in answer ? [...moved(answer.result)] : []);
  });
}

async function reply<Job, Result>(
  perform: (job: Job) => Promise<Result>,
  job: Job,
): Promise<Reply<Result>> {
  try {
    return { result: await perform(job) };
  } catch (error) {
    const known = error instanceof OppoError ? error : new OppoError("JOB_FAILED", String(error));
    return { error: sendError(known) };
  }
}
