/**
 * A pause for loops on the server's one thread: returns at once until `maxMs` have passed since the
 * last turn of the event loop, then lets requests be read and answered.
 */
export function createBreath(maxMs = 20): () => Promise<void> {
  let since = performance.now();
  let turn: Promise<void> | undefined;
  const nextTurn = () =>
    new Promise<void>((resolve) => {
      setImmediate(() => {
        since = performance.now();
        turn = undefined;
        resolve();
      });
    });
  return () => {
    if (performance.now() - since < maxMs) return Promise.resolve();
    turn ??= nextTurn();
    return turn;
  };
}

/**
 * Starts `work` on each item, in order, with a breath between starts; results in the same order.
 * @throws the reason of `signal`, before the next start.
 */
export async function startEach<T, R>(
  items: readonly T[],
  breathe: () => Promise<void>,
  work: (item: T, index: number) => Promise<R>,
  signal?: AbortSignal,
): Promise<R[]> {
  const started: Promise<R>[] = [];
  for (const [index, item] of items.entries()) {
    await breathe();
    signal?.throwIfAborted();
    const result = work(item, index);
    // it may fail before the last one has started, and is awaited only then
    result.catch(() => {});
    started.push(result);
  }
  return Promise.all(started);
}
