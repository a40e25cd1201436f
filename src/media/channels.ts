/** Samples at or below this are digital silence (−80 dBFS). */
export const silencePeak = 1e-4;
/** A mean with less than this share of its channels' level has lost what they carry. */
const leastShare = 0.05;

/**
 * Listens to channels and their mean, block after block. Channels of opposite phase cancel each
 * other, and one that speaks quietly among many falls below what can be heard.
 */
export function channelLevels() {
  const squares: number[] = [];
  let [peak, mixPeak, mixSquares] = [0, 0, 0];
  return {
    add(channels: readonly Float32Array[], mix: Float32Array): void {
      if (channels.length < 2) return;
      channels.forEach((channel, c) => {
        let sum = 0;
        for (const value of channel) {
          sum += value * value;
          peak = Math.max(peak, Math.abs(value));
        }
        squares[c] = (squares[c] ?? 0) + sum;
      });
      for (const value of mix) {
        mixSquares += value * value;
        mixPeak = Math.max(mixPeak, Math.abs(value));
      }
    },

    /** The loudest channel, to be heard in place of the mean; null where the mean will do. */
    instead(): number | null {
      if (peak <= silencePeak) return null;
      const mean = squares.reduce((sum, value) => sum + value, 0) / squares.length;
      const lost = mixPeak <= silencePeak || mixSquares < leastShare ** 2 * mean;
      return lost ? squares.indexOf(Math.max(...squares)) : null;
    },
  };
}
