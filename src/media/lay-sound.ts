import { MediaError } from "../core/errors.ts";

/** Containers round times: less than this before the first sample is no silence, in seconds. */
const startSlack = 2e-3;
/** Times of blocks stray from the count of samples by less than this, in seconds. */
const gapSlack = 0.03;
/** A longer gap is a broken time and would fill memory with silence, in seconds. */
const longestGap = 3600;

/**
 * Silent samples that must stand before a block which begins at `timeSec`, so that sound which
 * begins late or has a gap stays where it is in time.
 * @param laid samples there are already, from time zero
 * @throws MediaError `MEDIA_TIMES` where the block begins an hour after the one before it ends.
 */
export function silenceBefore(laid: number, timeSec: number, rateHz: number, file: string): number {
  const missing = timeSec - laid / rateHz;
  if (missing <= (laid === 0 ? startSlack : gapSlack)) return 0;
  if (missing > longestGap) {
    throw new MediaError(
      "MEDIA_TIMES",
      `sound jumps from ${(laid / rateHz).toFixed(2)} s to ${timeSec.toFixed(2)} s`,
      { file, hint: "its times are damaged: cut the clip again, or convert it" },
    );
  }
  return Math.round(missing * rateHz);
}
