import { OppoError } from "../core/errors.ts";
import { canonicalJson, sha256 } from "../core/files.ts";
import type { ScoredResponse, ScoreItem } from "../rewards/scorer.ts";
import { callerGone } from "./body/read-body.ts";
import type { MakeScorer } from "./forms.ts";
import type { ServiceMetrics } from "./metrics.ts";
import type { RewardForm } from "./wire/fields.ts";
import { createBatcher } from "./work/batcher.ts";
import { staying } from "./work/caller.ts";
import { resultCache } from "./work/result-cache.ts";

export interface ScoringOptions {
  batch: { items: number; waitMs: number };
  cacheEntries: number;
}

/** A scorer whose failures can be told whose they are. `form`: how responses are read. */
export interface SharedScorer {
  score(
    form: RewardForm,
    items: readonly ScoreItem[],
    named: (error: unknown, index: number) => unknown,
    /** Of the caller; the work goes on as long as one of those who asked for it is there. */
    signal?: AbortSignal,
  ): Promise<ScoredResponse[]>;
}

/** Errors of a server as a whole: asking again text by text would only take longer. */
const wholesale: ReadonlySet<string> = new Set([
  "EMBEDDINGS_UNREACHABLE",
  "EMBEDDINGS_TIMEOUT",
  "ENDPOINT_UNREACHABLE",
  "ENDPOINT_TIMEOUT",
  "ENDPOINT_AUTH",
  "CALLER_GONE",
]);

/** An item, and whether anybody still waits for its score. */
interface Wanted {
  item: ScoreItem;
  wanted(): boolean;
}

/**
 * Scores items, same order, each with an outcome of its own.
 * @throws (an outcome) RequestError CALLER_GONE for one that nobody wants any more.
 */
export type ScoreEach = (items: readonly Wanted[]) => Promise<ScoredResponse>[];

/**
 * What concurrent calls ask for goes to the embedder together. Items whose callers have gone are
 * left out of a batch, and a batch that nobody waits for ends before its next item.
 */
export function inBatches(
  make: MakeScorer,
  breathe: () => Promise<void>,
  batch: ScoringOptions["batch"],
  metrics: Pick<ServiceMetrics, "scoredBatch">,
): ScoreEach {
  let running: readonly Wanted[] = [];
  const scorer = make(() => {
    if (running.length > 0 && !running.some(({ wanted }) => wanted())) throw callerGone();
    return breathe();
  });
  const batcher = createBatcher<Wanted, ScoredResponse | null>({
    async run(items) {
      running = items.filter(({ wanted }) => wanted());
      if (running.length === 0) return items.map(() => null);
      const scored = await metrics.scoredBatch(running.length, () =>
        scorer.score(running.map(({ item }) => item)),
      );
      const results = new Map(running.map((one, i) => [one, scored[i]!]));
      return items.map((one) => results.get(one) ?? null);
    },
    maxItems: batch.items,
    waitMs: batch.waitMs,
    mayBeOneItem: (error) => error instanceof OppoError && !wholesale.has(error.code),
  });
  return (items) => {
    const scored = batcher.submit(items);
    return items.map(async (_, i) => {
      const result = (await scored)[i]!;
      if (result === null) throw callerGone();
      return result;
    });
  };
}

/**
 * Each by itself, as a judge is asked: in a batch one slow answer would hold up all others. How
 * many it is asked at once is the chat model's own limit.
 */
export function oneByOne(make: MakeScorer, breathe: () => Promise<void>): ScoreEach {
  const scorer = make(breathe);
  return (items) => items.map(async ({ item }) => (await scorer.score([item]))[0]!);
}

/**
 * A scorer for many callers: equal items of a form are scored once. All forms share one cache,
 * whose keys hold the form. An item is scored as long as one of those who asked for it is there.
 * @throws (score) what scoring an item threw, after `named(error, index of the item)`.
 */
export function sharedScorer(
  scoreEach: (form: RewardForm) => ScoreEach,
  cacheEntries: number,
  metrics: Pick<ServiceMetrics, "cacheLookups">,
): SharedScorer {
  const cache = resultCache<ScoredResponse>(cacheEntries);
  /** Who waits for what is in work. */
  const callers = new Map<string, Set<AbortSignal>>();

  function wanted(key: string): boolean {
    for (const signal of callers.get(key) ?? []) if (!signal.aborted) return true;
    cache.drop(key);
    callers.delete(key);
    return false;
  }

  function begin(form: RewardForm, missing: ReadonlyMap<string, ScoreItem>) {
    const items = [...missing].map(([key, item]) => ({ item, wanted: () => wanted(key) }));
    const scored = scoreEach(form)(items);
    return [...missing.keys()].map((key, i) => {
      const work = scored[i]!;
      cache.set(key, work);
      const waiting = callers.get(key);
      const done = () => {
        if (callers.get(key) === waiting) callers.delete(key);
      };
      work.then(done, done);
      return [key, work] as const;
    });
  }

  return {
    async score(form, items, named, signal = staying) {
      signal.throwIfAborted();
      const keys = items.map((item) => sha256(canonicalJson({ form, item })));
      const works = new Map<string, Promise<ScoredResponse>>();
      const missing = new Map<string, ScoreItem>();
      for (const [i, key] of keys.entries()) {
        const work = cache.get(key);
        if (work) works.set(key, work);
        else missing.set(key, items[i]!);
        if (work) callers.get(key)?.add(signal);
        else callers.set(key, new Set([signal]));
      }
      metrics.cacheLookups(keys.length - missing.size, missing.size);
      for (const [key, work] of begin(form, missing)) works.set(key, work);
      return Promise.all(
        keys.map((key, i) =>
          works.get(key)!.catch((error: unknown) => {
            throw named(error, i);
          }),
        ),
      );
    },
  };
}
