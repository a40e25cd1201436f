import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { type ErrorDetails, MediaError } from "../core/errors.ts";
import { type ClipJob, type ClipResult, doJob } from "./job.ts";

/** What a worker sends back: the result, or an error in a form that survives the thread boundary. */
export type Reply =
  | { result: ClipResult }
  | { error: { code: string; message: string; details: ErrorDetails } };

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
  const workers = Array.from({ length: count }, () => startWorker());
  try {
    await Promise.all(workers.map((worker) => serve(worker, queue, signal, onResult)));
  } finally {
    stop.abort();
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/**
 * The worker is TypeScript too, and Node's loader hooks do not reach new threads: each registers tsx itself,
 * however this thread was started (tsx, vitest).
 */
function startWorker(): Worker {
  // `require` finds the CommonJS build; its ESM twin beside it is the one that works in a thread.
  const commonjs = createRequire(import.meta.url).resolve("tsx/esm/api");
  const tsx = pathToFileURL(commonjs.replace(/\.cjs$/, ".mjs")).href;
  const worker = new URL("./worker.ts", import.meta.url).href;
  const start = `import(${JSON.stringify(tsx)}).then((tsx) => (tsx.register(), import(${JSON.stringify(worker)})));`;
  return new Worker(start, { eval: true, execArgv: [] });
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
        if ("error" in reply) throw revive(reply.error);
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

function revive({
  code,
  message,
  details,
}: {
  code: string;
  message: string;
  details: ErrorDetails;
}) {
  const error = new MediaError(code, message, details);
  // The message already holds place and hint.
  error.message = message;
  return error;
}
