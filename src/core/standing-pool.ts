import type { Worker } from "node:worker_threads";
import { OppoError } from "./errors.ts";
import { receiveError, type SentError, startThread } from "./thread.ts";

/** Threads that stay, for work that comes one job at a time. */
export interface StandingPool<Job, Result> {
  /**
   * Does a job as soon as a thread is free. @throws the job's OppoError; `JOB_TIMEOUT`; the reason
   * of `signal`, which also takes a job that waits out of the queue.
   */
  run(job: Job, signal?: AbortSignal): Promise<Result>;
  /** Ends the threads. @throws (run, from then on and for what waits) `POOL_CLOSED`. */
  close(): Promise<void>;
}

interface Task<Job, Result> {
  job: Job;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

type Reply<Result> = { result: Result } | { error: SentError };

/** A thread, and what it is at. */
interface Hand<Job, Result> {
  thread: Worker;
  task?: Task<Job, Result>;
  timer?: NodeJS.Timeout;
}

/**
 * Threads start when they are first needed and do not keep the process alive while they are idle. A
 * job that takes longer than `limitMs` is ended together with its thread; the next job gets a new
 * one. @param worker a module that calls `serveJobs`.
 */
export function openStandingPool<Job, Result>(
  worker: URL,
  { workers, limitMs }: { workers: number; limitMs: number },
): StandingPool<Job, Result> {
  const queue: Task<Job, Result>[] = [];
  const idle: Hand<Job, Result>[] = [];
  const all = new Set<Hand<Job, Result>>();
  let closed = false;

  function pump(): void {
    while (queue.length > 0) {
      const hand = idle.pop() ?? (all.size < workers ? start() : undefined);
      if (!hand) return;
      give(hand, queue.shift()!);
    }
  }

  function give(hand: Hand<Job, Result>, task: Task<Job, Result>): void {
    hand.task = task;
    hand.thread.ref();
    hand.timer = setTimeout(() => {
      lose(hand, new OppoError("JOB_TIMEOUT", `a job took longer than ${limitMs / 1000} s`));
    }, limitMs);
    hand.thread.postMessage(task.job);
  }

  function start(): Hand<Job, Result> {
    const hand: Hand<Job, Result> = { thread: startThread(worker) };
    all.add(hand);
    hand.thread.on("message", (reply: Reply<Result>) => {
      const { task } = hand;
      // what a thread still says when its job was given up
      if (!all.has(hand) || !task) return;
      clearTimeout(hand.timer);
      hand.thread.unref();
      delete hand.task;
      idle.push(hand);
      if ("result" in reply) task.resolve(reply.result);
      else task.reject(receiveError(reply.error));
      pump();
    });
    hand.thread.on("error", (error) => lose(hand, error));
    hand.thread.on("exit", (code) =>
      lose(hand, new OppoError("WORKER_EXIT", `worker ended (${code})`)),
    );
    return hand;
  }

  /** Ends a thread; its job fails, the others go on. */
  function lose(hand: Hand<Job, Result>, error: Error): void {
    if (!all.delete(hand)) return;
    clearTimeout(hand.timer);
    const at = idle.indexOf(hand);
    if (at !== -1) idle.splice(at, 1);
    void hand.thread.terminate();
    hand.task?.reject(error);
    pump();
  }

  return {
    run(job, signal) {
      return new Promise((resolve, reject) => {
        if (closed) throw poolClosed();
        signal?.throwIfAborted();
        const leave = (): void => {
          const at = queue.indexOf(task);
          if (at !== -1) queue.splice(at, 1);
          task.reject(signal?.reason);
        };
        const settled = (): void => signal?.removeEventListener("abort", leave);
        const task: Task<Job, Result> = {
          job,
          resolve(result) {
            settled();
            resolve(result);
          },
          reject(error) {
            settled();
            reject(error);
          },
        };
        signal?.addEventListener("abort", leave);
        queue.push(task);
        pump();
      });
    },
    async close() {
      closed = true;
      for (const { reject } of queue.splice(0)) reject(poolClosed());
      const threads = [...all].map(({ thread }) => thread);
      for (const hand of all) lose(hand, poolClosed());
      await Promise.all(threads.map((thread) => thread.terminate()));
    },
  };
}

const poolClosed = (): OppoError => new OppoError("POOL_CLOSED", "the threads were ended");
