import type { Calibration } from "./port.ts";
import { useLiteId } from "./use-lite/use-lite.ts";

/** Start values of spec §3 for an encoder nobody measured. */
export const defaultCalibration: Calibration = { low: 0.5, high: 0.85 };

/** Measured by `scripts/calibrate-embedder.ts`; similarities of two encoders don't compare. */
const measured: Readonly<Record<string, Calibration>> = {
  [`${useLiteId}+concepts-1`]: { low: 0.4, high: 0.75 },
};

/** Calibration of the encoder with this id, else spec §3's start values. */
export function calibrationOf(embedderId: string): Calibration {
  return measured[embedderId] ?? defaultCalibration;
}
