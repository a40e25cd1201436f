import { OppoError } from "../core/errors.ts";
import { canonicalJson, sha256 } from "../core/files.ts";
import type { ScoredResponse, ScoreItem, Scorer } from "../rewards/scorer.ts";
import type { ServiceMetrics } from "./metrics.ts";
import { createBatcher } from "./work/batcher.ts";
import { resultCache } from "./work/result-cache.ts";

export interface ScoringOptions {
  batch: { items: number; waitMs: number };
  cacheEntries: number;
}

/** Errors of a server as a whole: asking again text by text would only take longer. */
const wholesale: ReadonlySet<string> = new Set([
  "EMBEDDINGS_UNREACHABLE",
  "EMBEDDINGS_TIMEOUT",
  "ENDPOINT_UNREACHABLE",
  "ENDPOINT_TIMEOUT",
  "ENDPOINT_AUTH",
]);

/**
 * A scorer for many callers: equal items are scored once, and what concurrent calls ask for goes to the
 * embedder together.
 */
export function sharedScorer(
  scorer: Scorer,
  { batch, cacheEntries }: ScoringOptions,
  metrics: Pick<ServiceMetrics, "scoredBatch" | "cacheLookups">,
): Scorer {
  const cache = resultCache<ScoredResponse>(cacheEntries);
  const batcher = createBatcher<ScoreItem, ScoredResponse>({
    run: (items) => metrics.scoredBatch(items.length, () => scorer.score(items)),
    maxItems: batch.items,
    waitMs: batch.waitMs,
    mayBeOneItem: (error) => error instanceof OppoError && !wholesale.has(error.code),
  });

  return {
    async score(items) {
      const keys = items.map((item) => sha256(canonicalJson(item)));
      const works = new Map<string, Promise<ScoredResponse>>();
      const missing = new Map<string, ScoreItem>();
      for (const [i, key] of keys.entries()) {
        const work = cache.get(key);
        if (work) works.set(key, work);
        else missing.set(key, items[i]!);
      }
      metrics.cacheLookups(keys.length - missing.size, missing.size);
      const scored = batcher.submit([...missing.values()]);
      for (const [i, key] of [...missing.keys()].entries()) {
        const work = scored.then((results) => results[i]!);
        cache.set(key, work);
        works.set(key, work);
      }
      return Promise.all(keys.map((key) => works.get(key)!));
    },
  };
}
