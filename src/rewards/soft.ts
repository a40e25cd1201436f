import type { Calibration } from "../similarity/port.ts";

/**
 * f = clip((cosine − low)/(high − low), 0, 1) (docs/method.md#similarity). Soft, not a step: a step
 * gives equal rewards inside a group, and noise at its edge. A cosine that is no number counts 0.
 */
export function softThreshold(cosine: number, { low, high }: Calibration): number {
  if (Number.isNaN(cosine)) return 0;
  return Math.min(1, Math.max(0, (cosine - low) / (high - low)));
}
