/**
 * Additions done one after another below this many values, in a block of eight running sums up to
 * `block`.
 */
const short = 8;
const block = 128;

/**
 * Sum in the order numpy adds a contiguous float64 array (`pairwise_sum` of its `loops_utils.h`):
 * plain below 8 values, eight running sums up to 128, else halves cut at a multiple of 8. Bit for
 * bit the value of `numpy.sum`, and with less rounding error than a plain loop.
 */
export function pairwiseSum(values: ArrayLike<number>): number {
  return sumRange(values, 0, values.length);
}

/** `numpy.mean` of a float64 array. NaN for no values. */
export function pairwiseMean(values: ArrayLike<number>): number {
  return values.length === 0 ? Number.NaN : pairwiseSum(values) / values.length;
}

function sumRange(values: ArrayLike<number>, start: number, length: number): number {
  if (length < short) {
    let total = 0;
    for (let i = start; i < start + length; i++) total += values[i]!;
    return total;
  }
  if (length <= block) return sumBlock(values, start, length);
  const half = Math.floor(length / 2);
  const left = half - (half % short);
  return sumRange(values, start, left) + sumRange(values, start + left, length - left);
}

function sumBlock(values: ArrayLike<number>, start: number, length: number): number {
  const sums = new Float64Array(short);
  for (let i = 0; i < short; i++) sums[i] = values[start + i]!;
  const whole = length - (length % short);
  for (let i = short; i < whole; i++) sums[i % short]! += values[start + i]!;
  const [a, b, c, d, e, f, g, h] = sums as unknown as number[];
  let total = a! + b! + (c! + d!) + (e! + f! + (g! + h!));
  for (let i = whole; i < length; i++) total += values[start + i]!;
  return total;
}
