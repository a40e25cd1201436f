import type { Clip } from "../../src/media/clip.ts";
import { logMel } from "../../src/media/mel.ts";
import { featureOptions } from "../../src/media/options.ts";
import { resizeImage } from "../../src/media/scale.ts";
import type { Matrix } from "./npy.ts";

/** Side of the grey squares that frames are averaged down to. */
const side = 12;

/**
 * Features as people keep them in folders: one row per frame (mean grey of 12 × 12 areas, 0 to 1),
 * one row per spectrogram frame (log10 mel power), as many rows as the clip has.
 */
export function nativeFeatures({ video, audio }: Clip): { video: Matrix; audio: Matrix } {
  const { width, height, frames, data } = video;
  const grey = new Float32Array(frames * side ** 2);
  const size = { width, height, stride: 3 };
  for (let frame = 0; frame < frames; frame++) {
    const picture = data.subarray(frame * width * height * 3, (frame + 1) * width * height * 3);
    const small = resizeImage(picture, size, { width: side, height: side, channels: 3 });
    for (let i = 0; i < side ** 2; i++) {
      const [r, g, b] = [small[3 * i]!, small[3 * i + 1]!, small[3 * i + 2]!];
      grey[frame * side ** 2 + i] = (0.299 * r + 0.587 * g + 0.114 * b) / 255;
    }
  }
  const mel = logMel(audio, featureOptions.parse({}));
  return {
    video: { rows: frames, columns: side ** 2, data: grey },
    audio: { rows: mel.frames, columns: mel.bands, data: mel.data },
  };
}
