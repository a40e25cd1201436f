import { recent } from "../../core/recent.ts";

/**
 * Results of slow work by key, bounded: the least recently used go first. Failures are not kept.
 */
export interface ResultCache<V> {
  /** The result under `key`, in work or done. Counts as a use. */
  get(key: string): Promise<V> | undefined;
  set(key: string, work: Promise<V>): void;
  /** Forgets work that will come to nothing: who asks from now on begins anew. */
  drop(key: string): void;
  readonly size: number;
}

/** A cache that holds promises, so that equal work asked for twice at once is done once. */
export function resultCache<V>(maxEntries: number): ResultCache<V> {
  const entries = recent<Promise<V>>(maxEntries);
  return {
    get: (key) => entries.get(key),
    set(key, work) {
      entries.set(key, work);
      work.catch(() => {
        if (entries.peek(key) === work) entries.delete(key);
      });
    },
    drop: (key) => entries.delete(key),
    get size() {
      return entries.size;
    },
  };
}
