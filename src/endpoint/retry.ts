import type { EndpointError } from "../core/errors.ts";
import type { Rng } from "../core/rng.ts";

export interface RetryPolicy {
  /** Requests for one answer, the first included. */
  maxAttempts: number;
  /** Pause before the second request; doubles from there. */
  baseDelayMs: number;
  maxDelayMs: number;
  /** A server that asks for a longer pause is given up on. */
  maxRetryAfterMs: number;
}

export const defaultRetryPolicy: RetryPolicy = {
  maxAttempts: 6,
  baseDelayMs: 500,
  maxDelayMs: 30_000,
  maxRetryAfterMs: 300_000,
};

/**
 * One request that failed: what to tell people if it was the last, and whether asking again can
 * help.
 */
export interface Failure {
  error: EndpointError;
  again: boolean;
  /** The server's own wish. */
  retryAfterMs?: number;
}

/** Statuses after which the same request may succeed. */
export const retriedStatus = (status: number): boolean =>
  [408, 409, 425, 429].includes(status) || status >= 500;

/** Exponential, with jitter over the upper half, and never before the server wishes. */
export function delayMs(policy: RetryPolicy, failures: number, failure: Failure, rng: Rng): number {
  const full = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (failures - 1));
  return Math.max(full * rng.uniform(0.5, 1), failure.retryAfterMs ?? 0);
}

/** Reads `Retry-After` (seconds or a date) and the `retry-after-ms` some servers send. */
export function retryAfterMs(headers: Pick<Headers, "get">, nowMs: number): number | undefined {
  const exact = Number.parseFloat(headers.get("retry-after-ms") ?? "");
  if (exact >= 0) return exact;
  const value = headers.get("retry-after");
  if (value === null) return undefined;
  if (/^\s*\d+(\.\d+)?\s*$/.test(value)) return 1000 * Number(value);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
