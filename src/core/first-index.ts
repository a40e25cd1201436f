/**
 * Index of the first item that `reached` holds for, found by halving: it must hold for all items
 * behind that one as well. The number of items where it holds for none.
 */
export function firstIndex<T>(items: readonly T[], reached: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (reached(items[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
