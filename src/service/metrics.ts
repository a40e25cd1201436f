import { Counter, Gauge, Histogram, Registry } from "prom-client";

/**
 * What the service counts, for Prometheus. One registry per service, so tests don't share counts.
 */
export interface ServiceMetrics {
  request(route: string, status: number, seconds: number): void;
  items(route: string, count: number): void;
  cacheLookups(hits: number, misses: number): void;
  scoredBatch<T>(items: number, run: () => Promise<T>): Promise<T>;
  /** Prometheus text format, and its content type. */
  text(): Promise<string>;
  readonly contentType: string;
}

const latencyBuckets = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30];

export function createMetrics(queuedItems: () => number): ServiceMetrics {
  const registers = [new Registry()];
  const requests = new Histogram({
    name: "oppo_request_seconds",
    help: "Time from request to answer",
    labelNames: ["route", "status"],
    buckets: latencyBuckets,
    registers,
  });
  const items = new Counter({
    name: "oppo_items_total",
    help: "Items answered",
    labelNames: ["route"],
    registers,
  });
  const cache = new Counter({
    name: "oppo_reward_cache_total",
    help: "Responses found, or not found, among those scored before",
    labelNames: ["outcome"],
    registers,
  });
  const batchItems = new Histogram({
    name: "oppo_batch_items",
    help: "Responses scored together",
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512],
    registers,
  });
  const batchSeconds = new Histogram({
    name: "oppo_batch_seconds",
    help: "Time to embed and score one batch",
    buckets: latencyBuckets,
    registers,
  });
  new Gauge({
    name: "oppo_queued_items",
    help: "Items in work or waiting",
    registers,
    collect() {
      this.set(queuedItems());
    },
  });
  return {
    request: (route, status, seconds) => requests.observe({ route, status }, seconds),
    items: (route, count) => items.inc({ route }, count),
    cacheLookups(hits, misses) {
      cache.inc({ outcome: "hit" }, hits);
      cache.inc({ outcome: "miss" }, misses);
    },
    async scoredBatch(count, run) {
      batchItems.observe(count);
      const stop = batchSeconds.startTimer();
      try {
        return await run();
      } finally {
        stop();
      }
    },
    text: () => registers[0]!.metrics(),
    contentType: registers[0]!.contentType,
  };
}
