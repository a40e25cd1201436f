import type { Clock } from "./clock.ts";

/**
 * A bucket that refills steadily. Taking reserves at once and then waits until the reservation is
 * covered, so callers are served in the order in which they came.
 */
class Bucket {
  readonly #perMs: number;
  readonly #capacity: number;
  readonly #clock: Clock;
  #level: number;
  #at: number;

  constructor(perMinute: number, capacity: number, clock: Clock) {
    this.#perMs = perMinute / 60_000;
    this.#capacity = capacity;
    this.#clock = clock;
    this.#level = capacity;
    this.#at = clock.now();
  }

  /** Milliseconds until `amount`, taken now, is covered. */
  reserve(amount: number): number {
    this.#refill();
    this.#level -= amount;
    return Math.max(0, -this.#level / this.#perMs);
  }

  giveBack(amount: number): void {
    this.#refill();
    this.#level = Math.min(this.#capacity, this.#level + amount);
  }

  #refill(): void {
    const now = this.#clock.now();
    this.#level = Math.min(this.#capacity, this.#level + (now - this.#at) * this.#perMs);
    this.#at = now;
  }
}

export interface RateLimits {
  requestsPerMinute?: number;
  /** Prompt and answer together, as servers count them. */
  tokensPerMinute?: number;
}

/**
 * Keeps requests and tokens within a server's limits, and all of them quiet while it asks for a
 * pause.
 */
export class RateLimiter {
  readonly #clock: Clock;
  readonly #requests: Bucket | undefined;
  readonly #tokens: Bucket | undefined;
  readonly #maxTokens: number;
  #quietUntil: number;

  constructor(limits: RateLimits, clock: Clock) {
    const { requestsPerMinute, tokensPerMinute } = limits;
    this.#clock = clock;
    // Even pace: a minute's requests in one burst are what servers answer with 429.
    this.#requests =
      requestsPerMinute === undefined ? undefined : new Bucket(requestsPerMinute, 1, clock);
    this.#tokens =
      tokensPerMinute === undefined
        ? undefined
        : new Bucket(tokensPerMinute, tokensPerMinute, clock);
    this.#maxTokens = tokensPerMinute ?? 0;
    this.#quietUntil = clock.now();
  }

  /**
   * Waits for one request of about `tokens`; pass what it really took to the function that comes
   * back.
   */
  async enter(tokens: number): Promise<(used: number) => void> {
    // More than a minute's allowance could never be covered at once: such a request takes it whole.
    const reserved = Math.min(tokens, this.#maxTokens);
    const wait = Math.max(this.#requests?.reserve(1) ?? 0, this.#tokens?.reserve(reserved) ?? 0);
    if (wait > 0) await this.#clock.sleep(wait);
    for (;;) {
      const quiet = this.#quietUntil - this.#clock.now();
      if (quiet <= 0) break;
      await this.#clock.sleep(quiet);
    }
    return (used) => this.#tokens?.giveBack(reserved - used);
  }

  /** Nobody sends for so long: what `Retry-After` asks of one request holds for all. */
  pause(ms: number): void {
    this.#quietUntil = Math.max(this.#quietUntil, this.#clock.now() + ms);
  }
}
