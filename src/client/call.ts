import { setTimeout as sleep } from "node:timers/promises";
import pRetry from "p-retry";
import { ServiceError } from "../core/errors.ts";

/** How long and how often a request is tried. */
export interface RetryOptions {
  /** Seconds per request. */
  timeoutSec: number;
  /** Repeats after 429, 5xx, lost connections and broken answers. */
  retries: number;
  /** First pause, milliseconds; doubles up to `maxPauseMs`, with jitter. */
  minPauseMs: number;
  maxPauseMs: number;
}

/** A refusal that asking again may cure. */
class Passing extends ServiceError {
  readonly retryAfterSec: number;
  constructor(code: string, message: string, retryAfterSec: number, cause?: unknown) {
    super(code, message, { cause });
    this.retryAfterSec = retryAfterSec;
  }
}

/**
 * Sends a request until it is answered. `send` gets a signal that ends it at the time limit.
 * @returns the JSON of a 200.
 * @throws ServiceError with the service's code for 4xx; else, after the last try, what went wrong.
 */
export function call(
  send: (signal: AbortSignal) => Promise<Response>,
  { timeoutSec, retries, minPauseMs, maxPauseMs }: RetryOptions,
): Promise<unknown> {
  return pRetry(() => attempt(send, timeoutSec), {
    retries,
    minTimeout: minPauseMs,
    maxTimeout: maxPauseMs,
    randomize: true,
    shouldRetry: ({ error }) => error instanceof Passing,
    async onFailedAttempt({ error, retriesLeft }) {
      if (error instanceof Passing && retriesLeft > 0) await sleep(error.retryAfterSec * 1000);
    },
  });
}

async function attempt(
  send: (signal: AbortSignal) => Promise<Response>,
  timeoutSec: number,
): Promise<unknown> {
  const signal = AbortSignal.timeout(timeoutSec * 1000);
  const response = await send(signal).catch((cause: unknown) => {
    const why = signal.aborted ? `no answer within ${timeoutSec} s` : "no connection";
    throw new Passing("SERVICE_UNREACHABLE", `reward service: ${why}`, 0, cause);
  });
  const answer = await response.json().catch((cause: unknown) => {
    throw new Passing("SERVICE_ANSWER", "reward service: answer is cut or no JSON", 0, cause);
  });
  if (response.status === 200) return answer;
  throw refusal(response, answer);
}

function refusal(response: Response, answer: unknown): ServiceError {
  const { error } = (answer ?? {}) as {
    error?: { code?: string; message?: string; path?: string };
  };
  const code = error?.code ?? "SERVICE_HTTP";
  const message = `reward service answered ${response.status}: ${error?.message ?? "no reason"}`;
  if (response.status === 429 || response.status >= 500) {
    const seconds = Number(response.headers.get("Retry-After") ?? 0);
    return new Passing(code, message, Number.isFinite(seconds) ? Math.min(60, seconds) : 0);
  }
  return new ServiceError(code, message, error?.path === undefined ? {} : { path: error.path });
}
