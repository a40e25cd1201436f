import { OppoError } from "../core/errors.ts";
import { canonicalJson, sha256 } from "../core/files.ts";
import type { ScoredResponse, ScoreItem, Scorer } from "../rewards/scorer.ts";
import type { ServiceMetrics } from "./metrics.ts";
import type { RewardForm } from "./wire/fields.ts";
import { createBatcher } from "./work/batcher.ts";
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
  ): Promise<ScoredResponse[]>;
}

/** Errors of a server as a whole: asking again text by text would only take longer. */
const wholesale: ReadonlySet<string> = new Set([
  "EMBEDDINGS_UNREACHABLE",
  "EMBEDDINGS_TIMEOUT",
  "ENDPOINT_UNREACHABLE",
  "ENDPOINT_TIMEOUT",
  "ENDPOINT_AUTH",
]);

/** Scores items, same order, each with an outcome of its own. */
export type ScoreEach = (items: readonly ScoreItem[]) => Promise<ScoredResponse>[];

/** What concurrent calls ask for goes to the embedder together. */
export function inBatches(
  scorer: Scorer,
  batch: ScoringOptions["batch"],
  metrics: Pick<ServiceMetrics, "scoredBatch">,
): ScoreEach {
  const batcher = createBatcher<ScoreItem, ScoredResponse>({
    run: (items) => metrics.scoredBatch(items.length, () => scorer.score(items)),
    maxItems: batch.items,
    waitMs: batch.waitMs,
    mayBeOneItem: (error) => error instanceof OppoError && !wholesale.has(error.code),
  });
  return (items) => {
    const scored = batcher.submit(items);
    return items.map((_, i) => scored.then((results) => results[i]!));
  };
}

/**
 * Each by itself, as a judge is asked: in a batch one slow answer would hold up all others. How
 * many it is asked at once is the chat model's own limit.
 */
export const oneByOne =
  (scorer: Scorer): ScoreEach =>
  (items) =>
    items.map(async (item) => (await scorer.score([item]))[0]!);

/**
 * A scorer for many callers: equal items of a form are scored once. All forms share one cache,
 * whose keys hold the form.
 * @throws (score) what scoring an item threw, after `named(error, index of the item)`.
 */
export function sharedScorer(
  scoreEach: (form: RewardForm) => ScoreEach,
  cacheEntries: number,
  metrics: Pick<ServiceMetrics, "cacheLookups">,
): SharedScorer {
  const cache = resultCache<ScoredResponse>(cacheEntries);
  return {
    async score(form, items, named) {
      const keys = items.map((item) => sha256(canonicalJson({ form, item })));
      const works = new Map<string, Promise<ScoredResponse>>();
      const missing = new Map<string, ScoreItem>();
      for (const [i, key] of keys.entries()) {
        const work = cache.get(key);
        if (work) works.set(key, work);
        else missing.set(key, items[i]!);
      }
      metrics.cacheLookups(keys.length - missing.size, missing.size);
      const scored = scoreEach(form)([...missing.values()]);
      for (const [i, key] of [...missing.keys()].entries()) {
        cache.set(key, scored[i]!);
        works.set(key, scored[i]!);
      }
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
