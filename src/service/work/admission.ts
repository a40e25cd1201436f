import { RequestError } from "../request-error.ts";

/** Bounds the items in work and waiting: a request beyond that is told to come back, not queued. */
export interface Admission {
  /** Runs `work` if there is room. @throws RequestError 429 QUEUE_FULL, 503 STOPPING. */
  admit<T>(items: number, work: () => Promise<T>): Promise<T>;
  /** From now on every request gets 503. Resolves once those in work are done. */
  stop(): Promise<void>;
  readonly queued: number;
  readonly stopping: boolean;
}

/** Weight of the newest request in the moving average of the time an item takes. */
const smoothing = 0.2;

export function createAdmission(maxItems: number): Admission {
  let queued = 0;
  let stopping = false;
  let secondsPerItem = 0.01;
  let stopped: (() => void) | undefined;

  /** Little's law: time in the system over items in it is the time one item takes. */
  function leave(items: number, startedMs: number): void {
    const seconds = (performance.now() - startedMs) / 1000 / Math.max(1, queued);
    secondsPerItem += smoothing * (seconds - secondsPerItem);
    queued -= items;
    if (queued === 0) stopped?.();
  }

  return {
    async admit(items, work) {
      if (stopping) {
        throw new RequestError(503, "STOPPING", "the service is shutting down", {
          retryAfterSec: 5,
        });
      }
      if (queued + items > maxItems) {
        throw new RequestError(429, "QUEUE_FULL", `${queued} items are waiting already`, {
          hint: `the queue holds ${maxItems}; ask again later`,
          retryAfterSec: Math.min(60, Math.max(1, Math.ceil(queued * secondsPerItem))),
        });
      }
      queued += items;
      const startedMs = performance.now();
      try {
        return await work();
      } finally {
        leave(items, startedMs);
      }
    },
    stop() {
      stopping = true;
      if (queued === 0) return Promise.resolve();
      return new Promise((resolve) => {
        stopped = resolve;
      });
    },
    get queued() {
      return queued;
    },
    get stopping() {
      return stopping;
    },
  };
}
