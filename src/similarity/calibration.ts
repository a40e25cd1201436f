import type { Calibration } from "./port.ts";
import { useLiteId } from "./use-lite/use-lite.ts";

/** Start values for an encoder that nobody measured. */
export const defaultCalibration: Calibration = { low: 0.5, high: 0.85 };

/**
 * Measured by `scripts/calibrate-embedder.ts`; similarities of two encoders don't compare. The rule
 * (95th percentile of non-matching pairs, median of paraphrases) gives .35/.83 on the corpus
 * lexicon and .33/.79 on plain words. The lower threshold stands above it, so that naming a thing
 * without its state ("something about the brows", .44 to "raised brows") earns nothing.
 *
 * Bare USE-lite has no thresholds: its rule gives a lower threshold above the upper one (.71/.67).
 */
const measured: Readonly<Record<string, Calibration>> = {
  [`${useLiteId}+concepts-1`]: { low: 0.45, high: 0.75 },
};

/** Calibration of the encoder with this id, else the start values. */
export function calibrationOf(embedderId: string): Calibration {
  return measured[embedderId] ?? defaultCalibration;
}
