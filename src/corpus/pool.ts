import { availableParallelism } from "node:os";
import type { Worker } from "node:worker_threads";
import { MediaError } from "../core/errors.ts";
import { receiveError, type SentError, startThread } from "../core/thread.ts";
import { type ClipJob, type ClipResult, doJob } from "./job.ts";

/** What a worker sends back. */
export type Reply = { result: ClipResult } | { error: SentError };

/** How jobs are spread over threads. */
export interface PoolOptions {
  /** Worker threads; 0 does the work in this thread (worth it below about twenty clips). */
  workers: number;
  signal?: AbortSignal | undefined;
}

/** One worker per core; more than eight wait for the disk. */
export const defaultWorkers = (): number => Math.min(8, availableParallelism());

/**
 * Runs clip jobs on worker threads and hands each result over as it comes, in any order. Stops at the
 * first failed job or when `signal` aborts; what was handed over until then stands.
 * @throws the job's MediaError, or the signal's reason.
 */
export async function runJobs(
  jobs: readonly ClipJob[],
  options: PoolOptions,
  onResult: (result: ClipResult) => void,
): Promise<void> {
  if (jobs.length === 0) return;
  const queue = jobs.values();
  if (options.workers === 0) {
    for (const job of queue) {
      options.signal?.throwIfAborted();
      onResult(await doJob(job));
    }
    return;
  }
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, ...(options.signal ? [options.signal] : [])]);
  const count = Math.min(options.workers, jobs.length);
  const workers = Array.from({ length: count }, () =>
    startThread(new URL("./worker.ts", import.meta.url)),
  );
  try {
    await Promise.all(workers.map((worker) => serve(worker, queue, signal, onResult)));
  } finally {
    stop.abort();
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** Gives one worker job after job until none is left. */
function serve(
  worker: Worker,
  queue: Iterator<ClipJob>,
  signal: AbortSignal,
  onResult: (result: ClipResult) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const next = (): void => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      const { value, done } = queue.next();
      if (done) resolve();
      else worker.postMessage(value);
    };
    worker.on("message", (reply: Reply) => {
      try {
        if ("error" in reply) throw receiveError(reply.error);
        onResult(reply.result);
        next();
      } catch (error) {
        reject(error);
      }
    });
    worker.on("error", reject);
    worker.on("exit", (code) => reject(new MediaError("WORKER_EXIT", `worker ended (${code})`)));
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    next();
  });
}
