import { Rng } from "../../core/rng.ts";
import type { Audio, Clip, Video } from "../../media/clip.ts";
import { readClip } from "../../media/read.ts";
import { openMedia } from "../../media/source.ts";
import { needTrack } from "./copy-tracks.ts";

/** Made frames have at most this many pixels a side: there is nothing in them to be seen. */
const longestSide = 320;
/** Noise is drawn in squares of this many pixels: finer noise does not survive a codec. */
const noiseSquare = 8;
const rateHz = 16_000;

const noVideo: Video = { width: 0, height: 0, frames: 0, fps: 1, data: new Uint8Array(0) };
const noAudio: Audio = { sampleRateHz: rateHz, samples: new Float32Array(0) };

/** As many frames at the same rate, in the same shape: black, or seeded noise. No sound. */
export async function madeVideo(
  file: string,
  kind: "blank" | "noise",
  seed: string,
): Promise<Clip> {
  const { width, height } = shapeOf(file);
  const small = { width: 16, height: 16, needAudio: false };
  const { frames, fps } = (await readClip(file, small)).video;
  const data = new Uint8Array(frames * width * height * 3);
  if (kind === "noise") addNoise(data, width, new Rng(`${seed}/video`));
  return { video: { width, height, frames, fps, data }, audio: noAudio };
}

/** Even sides, as H.264 wants them. */
function shapeOf(file: string): { width: number; height: number } {
  using source = openMedia(file);
  const { width, height } = needTrack(source, file, "video").stream.codecpar;
  const scale = Math.min(1, longestSide / Math.max(width, height));
  const even = (side: number) => Math.max(2, 2 * Math.round((side * scale) / 2));
  return { width: even(width), height: even(height) };
}

/** One grey level for each square of each frame. */
function addNoise(data: Uint8Array, width: number, rng: Rng): void {
  const columns = Math.ceil(width / noiseSquare);
  const rows = data.length / (3 * width);
  let levels: number[] = [];
  for (let row = 0; row < rows; row++) {
    if (row % noiseSquare === 0) levels = Array.from({ length: columns }, () => rng.int(256));
    for (let column = 0; column < width; column++) {
      const at = (row * width + column) * 3;
      data.fill(levels[Math.floor(column / noiseSquare)]!, at, at + 3);
    }
  }
}

/**
 * As long: silence, or Gaussian noise with the root mean square of the file's own sound. No frames.
 */
export async function madeAudio(
  file: string,
  kind: "blank" | "noise",
  seed: string,
): Promise<Clip> {
  const own = await readClip(file, { needVideo: false, allowSilent: true, sampleRateHz: rateHz });
  const samples = new Float32Array(own.audio.samples.length);
  if (kind === "noise") {
    const squares = own.audio.samples.reduce((sum, value) => sum + value * value, 0);
    const level = Math.sqrt(squares / samples.length);
    const rng = new Rng(`${seed}/audio`);
    for (let i = 0; i < samples.length; i++) {
      samples[i] = Math.max(-1, Math.min(1, level * rng.normal()));
    }
  }
  return { video: noVideo, audio: { sampleRateHz: rateHz, samples } };
}
