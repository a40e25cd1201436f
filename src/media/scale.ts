/**
 * Resizes an interleaved image by averaging the source area under each target pixel (exact coverage), so
 * that shrinking does not drop pixels. `channels` values a pixel; `stride` values from pixel to pixel.
 */
export function resizeImage(
  source: ArrayLike<number>,
  size: { width: number; height: number; stride: number },
  target: { width: number; height: number; channels: number },
): Float32Array {
  const columns = coverage(size.width, target.width);
  const rows = coverage(size.height, target.height);
  const { channels } = target;
  const out = new Float32Array(target.width * target.height * channels);
  for (let y = 0; y < target.height; y++) {
    for (let x = 0; x < target.width; x++) {
      const at = (y * target.width + x) * channels;
      for (const row of rows[y]!) {
        for (const column of columns[x]!) {
          const from = (row.index * size.width + column.index) * size.stride;
          const weight = row.weight * column.weight;
          for (let c = 0; c < channels; c++)
            out[at + c] = out[at + c]! + weight * source[from + c]!;
        }
      }
    }
  }
  return out;
}

interface Part {
  index: number;
  weight: number;
}

/** Which source cells each target cell covers; weights of one target sum to 1. */
function coverage(from: number, to: number): Part[][] {
  const ratio = from / to;
  return Array.from({ length: to }, (_, i) => {
    const parts: Part[] = [];
    const [start, end] = [i * ratio, (i + 1) * ratio];
    for (let index = Math.floor(start); index < Math.min(from, Math.ceil(end)); index++) {
      const overlap = Math.min(end, index + 1) - Math.max(start, index);
      if (overlap > 1e-9) parts.push({ index, weight: overlap / ratio });
    }
    return parts;
  });
}
