/**
 * Σ a·b (the cosine, where both are unit vectors) over the first one's length, in double precision
 * and in order: equal inputs, equal bits.
 */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
