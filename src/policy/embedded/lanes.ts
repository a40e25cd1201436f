/**
 * A policy's work in two lanes. What belongs to which lane, and the order in which results are
 * added up, never depend on whether there is a second thread, so neither do the numbers.
 */
import { laneCount } from "./batch.ts";
import type { Replica } from "./replica.ts";

/**
 * Does every item, the ones of the second lane on the last replica meanwhile. `consume` sees the
 * results of the first lane, then those of the second, each in order.
 * @throws the first error, after all work under way has ended.
 */
export async function inLanes<Item, Result>(
  items: readonly Item[],
  replicas: readonly Replica[],
  work: (replica: Replica, item: Item) => Promise<Result>,
  consume: (item: Item, result: Result) => void,
): Promise<void> {
  const [here, other = here] = replicas as readonly [Replica, Replica?];
  const lane = (at: number) => items.filter((_, index) => index % laneCount === at);
  const second = lane(1);
  // handed over before this thread begins its own share, for which the event loop stands still
  const elsewhere = other === here ? [] : second.map((item) => work(other, item));
  const settled = Promise.allSettled(elsewhere);
  try {
    for (const item of lane(0)) consume(item, await work(here, item));
  } finally {
    await settled;
  }
  for (const [at, item] of second.entries()) {
    consume(item, await (elsewhere[at] ?? work(here, item)));
  }
}
