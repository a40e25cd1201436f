/** Time as the adapters need it, so that tests can let hours pass at once. */
export interface Clock {
  /** Milliseconds from any fixed moment. */
  now(): number;
  sleep(ms: number): Promise<void>;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};
