import { describe, expect, it } from "vitest";
import { EndpointError } from "../core/errors.ts";
import { Rng } from "../core/rng.ts";
import { RateLimiter } from "./rate-limit.ts";
import { defaultRetryPolicy, delayMs, retriedStatus, retryAfterMs } from "./retry.ts";

const failure = { error: new EndpointError("X", "x"), again: true };

describe("pauses", () => {
  it("double with jitter, up to a limit, by seed", () => {
    const rng = new Rng("a");
    const delays = Array.from({ length: 9 }, (_, i) =>
      delayMs(defaultRetryPolicy, i + 1, failure, rng),
    );
    delays.forEach((delay, i) => {
      const full = Math.min(30_000, 500 * 2 ** i);
      expect(delay).toBeGreaterThanOrEqual(full / 2);
      expect(delay).toBeLessThanOrEqual(full);
    });
    expect(delayMs(defaultRetryPolicy, 1, failure, new Rng("a"))).toBe(delays[0]);
  });

  it("are never shorter than the server wishes", () => {
    const wished = { ...failure, retryAfterMs: 77_000 };
    expect(delayMs(defaultRetryPolicy, 1, wished, new Rng("a"))).toBe(77_000);
  });

  it("read seconds, dates and milliseconds", () => {
    const now = Date.parse("2026-01-01T00:00:00Z");
    const read = (headers: Record<string, string>) => retryAfterMs(new Headers(headers), now);
    expect(read({ "retry-after": "2" })).toBe(2000);
    expect(read({ "retry-after": "Thu, 01 Jan 2026 00:00:30 GMT" })).toBe(30_000);
    expect(read({ "retry-after-ms": "5", "retry-after": "2" })).toBe(5);
    expect(read({ "retry-after": "soon" })).toBeUndefined();
    expect(read({})).toBeUndefined();
  });

  it("follow statuses that can pass", () => {
    const statuses = [200, 400, 401, 404, 408, 409, 422, 425, 429, 500, 503, 599];
    expect(statuses.filter(retriedStatus)).toEqual([408, 409, 425, 429, 500, 503, 599]);
  });
});

/** A clock that jumps to the end of each sleep. */
function jumpingClock() {
  const clock = {
    at: 0,
    now: () => clock.at,
    async sleep(ms: number) {
      clock.at += ms;
    },
  };
  return clock;
}

describe("RateLimiter", () => {
  it("spreads requests evenly", async () => {
    const clock = jumpingClock();
    const limiter = new RateLimiter({ requestsPerMinute: 60 }, clock);
    const times: number[] = [];
    for (let i = 0; i < 4; i++) {
      await limiter.enter(1000);
      times.push(clock.at);
    }
    expect(times).toEqual([0, 1000, 2000, 3000]);
  });

  it("holds tokens to a minute's allowance and gives back what was not used", async () => {
    const clock = jumpingClock();
    const limiter = new RateLimiter({ tokensPerMinute: 6000 }, clock);
    const settle = await limiter.enter(6000);
    settle(3000);
    await limiter.enter(3000);
    expect(clock.at).toBe(0);
    await limiter.enter(600);
    expect(clock.at).toBeCloseTo(6000);
    await limiter.enter(1_000_000);
    expect(clock.at).toBeLessThan(70_000);
  });

  it("keeps everyone quiet during a pause", async () => {
    const clock = jumpingClock();
    const limiter = new RateLimiter({}, clock);
    limiter.pause(500);
    limiter.pause(100);
    await limiter.enter(1);
    expect(clock.at).toBe(500);
  });
});
