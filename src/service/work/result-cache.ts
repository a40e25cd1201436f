/**
 * Results of slow work by key, bounded: the least recently used go first. Failures are not kept.
 */
export interface ResultCache<V> {
  /** The result under `key`, in work or done. Counts as a use. */
  get(key: string): Promise<V> | undefined;
  set(key: string, work: Promise<V>): void;
  readonly size: number;
}

/** A cache that holds promises, so that equal work asked for twice at once is done once. */
export function resultCache<V>(maxEntries: number): ResultCache<V> {
  const entries = new Map<string, Promise<V>>();

  function keep(key: string, work: Promise<V>): void {
    entries.delete(key);
    entries.set(key, work);
    for (const oldest of entries.keys()) {
      if (entries.size <= maxEntries) break;
      entries.delete(oldest);
    }
  }

  return {
    get(key) {
      const work = entries.get(key);
      if (work) keep(key, work);
      return work;
    },
    set(key, work) {
      keep(key, work);
      work.catch(() => {
        if (entries.get(key) === work) entries.delete(key);
      });
    },
    get size() {
      return entries.size;
    },
  };
}
