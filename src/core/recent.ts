/** Values by key, bounded: the least recently used go first. */
export interface Recent<Value> {
  /** Counts as a use. */
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  /** As `get`, without counting as a use. */
  peek(key: string): Value | undefined;
  delete(key: string): void;
  readonly size: number;
}

/** A cache of at most `most` values. */
export function recent<Value>(most: number): Recent<Value> {
  const values = new Map<string, Value>();
  const keep = (key: string, value: Value): void => {
    // A Map holds keys in the order in which they were put in: the last is the newest.
    values.delete(key);
    values.set(key, value);
    for (const oldest of values.keys()) {
      if (values.size <= most) break;
      values.delete(oldest);
    }
  };
  return {
    get(key) {
      const value = values.get(key);
      if (value !== undefined) keep(key, value);
      return value;
    },
    set: keep,
    peek: (key) => values.get(key),
    delete: (key) => void values.delete(key),
    get size() {
      return values.size;
    },
  };
}

/** The value under `key`, made if it is not there: asked for twice at once, it is made once. */
export function remembered<Value>(cache: Recent<Value>, key: string, make: () => Value): Value {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const made = make();
  cache.set(key, made);
  return made;
}
