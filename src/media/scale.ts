/**
 * Resizes an interleaved image by averaging the source area under each target pixel (exact
 * coverage), so that shrinking does not drop pixels. `channels` values a pixel; `stride` values
 * from pixel to pixel.
 */
export function resizeImage(
  source: ArrayLike<number>,
  size: { width: number; height: number; stride: number },
  target: { width: number; height: number; channels: number },
): Float32Array {
  const { channels } = target;
  const columns = coverage(size.width, target.width);
  const rows = coverage(size.height, target.height);
  const narrow = new Float64Array(size.height * target.width * channels);
  for (let y = 0; y < size.height; y++) {
    for (let x = 0; x < target.width; x++) {
      const { first, weights } = columns[x]!;
      const at = (y * target.width + x) * channels;
      for (let i = 0; i < weights.length; i++) {
        const from = (y * size.width + first + i) * size.stride;
        for (let c = 0; c < channels; c++) narrow[at + c]! += weights[i]! * source[from + c]!;
      }
    }
  }
  const line = target.width * channels;
  const out = new Float32Array(target.height * line);
  for (let y = 0; y < target.height; y++) {
    const { first, weights } = rows[y]!;
    for (let x = 0; x < line; x++) {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i]! * narrow[(first + i) * line + x]!;
      out[y * line + x] = sum;
    }
  }
  return out;
}

/** The run of source cells that a target cell covers; the weights sum to 1. */
interface Run {
  first: number;
  weights: Float64Array;
}

const coverages = new Map<string, Run[]>();

function coverage(from: number, to: number): Run[] {
  const key = `${from}/${to}`;
  const known = coverages.get(key);
  if (known) return known;
  const ratio = from / to;
  const runs = Array.from({ length: to }, (_, i): Run => {
    const [start, end] = [i * ratio, (i + 1) * ratio];
    const first = Math.floor(start);
    const last = Math.min(from, Math.ceil(end));
    const weights = Float64Array.from(
      { length: Math.max(1, last - first) },
      (_, k) => Math.min(end, first + k + 1) - Math.max(start, first + k),
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return { first, weights: weights.map((weight) => weight / total) };
  });
  coverages.set(key, runs);
  return runs;
}
