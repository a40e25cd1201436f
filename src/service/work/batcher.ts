/** Joins work of concurrent callers into batches; one batch runs at a time. */
export interface Batcher<T, R> {
  /**
   * Results of `items`, same order. Rejects with what `run` threw for a batch of these items alone.
   */
  submit(items: readonly T[]): Promise<R[]>;
}

export interface BatcherOptions<T, R> {
  /** Must give one result per item, same order. */
  run(items: readonly T[]): Promise<R[]>;
  /** Items per batch. A larger submission still runs whole. */
  maxItems: number;
  /** Milliseconds an idle batcher waits for more; a busy one takes what came meanwhile at once. */
  waitMs: number;
  /**
   * Whether a failed batch may be one caller's fault, so that others deserve a run of their own.
   */
  mayBeOneItem(error: unknown): boolean;
}

interface Submission<T, R> {
  items: readonly T[];
  resolve(results: R[]): void;
  reject(error: unknown): void;
}

export function createBatcher<T, R>(options: BatcherOptions<T, R>): Batcher<T, R> {
  const waiting: Submission<T, R>[] = [];
  let running = false;

  async function work(): Promise<void> {
    await pause(options.waitMs);
    while (waiting.length > 0) {
      await runTogether(takeBatch(waiting, options.maxItems), options);
      // Lets the server read requests and send answers between batches.
      await new Promise((resolve) => setImmediate(resolve));
    }
    running = false;
  }

  return {
    submit(items) {
      if (items.length === 0) return Promise.resolve([]);
      return new Promise((resolve, reject) => {
        waiting.push({ items, resolve, reject });
        if (running) return;
        running = true;
        void work();
      });
    },
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Whole submissions from the front, at least one, together at most `maxItems` where possible. */
function takeBatch<T, R>(waiting: Submission<T, R>[], maxItems: number): Submission<T, R>[] {
  let size = waiting[0]?.items.length ?? 0;
  let count = 1;
  while (count < waiting.length && size + waiting[count]!.items.length <= maxItems) {
    size += waiting[count]!.items.length;
    count++;
  }
  return waiting.splice(0, count);
}

async function runTogether<T, R>(
  batch: readonly Submission<T, R>[],
  options: BatcherOptions<T, R>,
): Promise<void> {
  try {
    const results = await options.run(batch.flatMap(({ items }) => items));
    let from = 0;
    for (const { items, resolve } of batch) {
      resolve(results.slice(from, from + items.length));
      from += items.length;
    }
  } catch (error) {
    if (batch.length === 1 || !options.mayBeOneItem(error)) {
      for (const { reject } of batch) reject(error);
      return;
    }
    for (const submission of batch) await runTogether([submission], options);
  }
}
