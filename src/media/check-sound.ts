import { MediaError } from "../core/errors.ts";

/** Rates that sound is recorded at, in Hz: at 1 Hz, a second of it would fill 16,000 samples. */
const rates = { least: 1000, most: 768_000 };

/**
 * Refuses sound that no microphone made.
 * @throws MediaError `MEDIA_RATE`, `MEDIA_SAMPLES` for infinities and what is no number
 */
export function checkSound(samples: Float32Array, rateHz: number, file: string): void {
  if (rateHz < rates.least || rateHz > rates.most) {
    throw new MediaError("MEDIA_RATE", `its sound has ${rateHz} samples a second`, {
      file,
      hint: `sound of ${rates.least} to ${rates.most} Hz is read: its header is damaged, or write it again`,
    });
  }
  for (const value of samples) {
    if (Number.isFinite(value)) continue;
    throw new MediaError("MEDIA_SAMPLES", "its sound holds infinities, or what is no number", {
      file,
      hint: "the program that wrote it divided by zero: write it again",
    });
  }
}
