import type { Matrix } from "./matrix.ts";

/**
 * Brings features to a fixed number of tokens, [tokens × dim]: token k is the mean over the k-th of
 * `tokens` equal shares of the clip's time. Rows last equally long, and one that lies on a border
 * counts on either side for its part. Fewer rows than tokens are therefore repeated, never padded:
 * a padded row would be a value of no clip's, and the statistics of the training split would take
 * it for one.
 */
export function resampleRows({ rows, dim, values }: Matrix, tokens: number): Float32Array {
  const out = new Float32Array(tokens * dim);
  const sums = new Float64Array(dim);
  for (let token = 0; token < tokens; token++) {
    // In units of 1/tokens of a row, all borders are whole numbers.
    const [start, end] = [token * rows, (token + 1) * rows];
    sums.fill(0);
    for (let row = Math.floor(start / tokens); row * tokens < end; row++) {
      const share = Math.min(end, (row + 1) * tokens) - Math.max(start, row * tokens);
      for (let i = 0; i < dim; i++) sums[i]! += share * values[row * dim + i]!;
    }
    for (let i = 0; i < dim; i++) out[token * dim + i] = sums[i]! / rows;
  }
  return out;
}
