import type { Rng } from "../core/rng.ts";
import type { Audio, Video } from "../media/clip.ts";

/**
 * Makes frames worse: contrast falls, light flickers and grain grows with `level` (0 leaves them as
 * they are, 1 is hardly recognisable). The grain is coarse (2 × 2 pixels), so that neither the
 * codec nor the shrinking to features averages it away.
 */
export function degradeVideo(video: Video, level: number, rng: Rng): Video {
  if (level === 0) return video;
  const { width, height, frames } = video;
  const contrast = 1 - 0.6 * level;
  const grain = 55 * level;
  // Stores rounded, within 0 and 255.
  const data = new Uint8ClampedArray(video.data.length);
  const columns = Math.ceil(width / 2);
  const field = new Float32Array(columns * Math.ceil(height / 2));
  const lit = new Float32Array(256);
  for (let frame = 0; frame < frames; frame++) {
    const light = 128 + 18 * level * rng.normal();
    for (let value = 0; value < 256; value++) lit[value] = (value - 128) * contrast + light;
    rng.normals(field);
    let at = frame * width * height * 3;
    for (let y = 0; y < height; y++) {
      const row = (y >> 1) * columns;
      for (let x = 0; x < width; x++, at += 3) {
        const speck = grain * field[row + (x >> 1)]!;
        data[at] = lit[video.data[at]!]! + speck;
        data[at + 1] = lit[video.data[at + 1]!]! + speck;
        data[at + 2] = lit[video.data[at + 2]!]! + speck;
      }
    }
  }
  return { ...video, data: new Uint8Array(data.buffer) };
}

/**
 * Buries the voice: background noise (pink, like a room) and a level change of up to ±6 dB, both
 * growing with `level`. Signal to noise of an average voice, measured: 32 dB just above 0, 21 dB at
 * 0.25, 11 dB at 0.5, 0 dB at 0.75, −10 dB at 1.
 */
export function degradeAudio(audio: Audio, level: number, rng: Rng): Audio {
  if (level === 0) return audio;
  const gain = 10 ** ((6 * level * rng.uniform(-1, 1)) / 20);
  const noise = pinkNoise(audio.samples.length, rng);
  const noiseDb = -62 + 42 * level;
  const amount = 10 ** (noiseDb / 20);
  const samples = audio.samples.map((value, i) =>
    Math.max(-1, Math.min(1, gain * value + amount * noise[i]!)),
  );
  return { ...audio, samples };
}

/** Poles of three leaky integrators, and what keeps the variance of each at 1. */
const [slow, middle, fast] = [0.99, 0.9, 0.4] as const;
const [slowGain, middleGain, fastGain] = [slow, middle, fast].map((pole) =>
  Math.sqrt(1 - pole ** 2),
) as [number, number, number];

/** Noise of about 1/f power and unit variance: white noise through the three integrators. */
function pinkNoise(length: number, rng: Rng): Float32Array {
  const noise = rng.normals(new Float32Array(length));
  let [a, b, c] = [0, 0, 0];
  for (let i = 0; i < length; i++) {
    const white = noise[i]!;
    a = slow * a + slowGain * white;
    b = middle * b + middleGain * white;
    c = fast * c + fastGain * white;
    noise[i] = (a + b + c) / 2;
  }
  return noise;
}
