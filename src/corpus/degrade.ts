import type { Rng } from "../core/rng.ts";
import type { Audio, Video } from "../media/clip.ts";

/**
 * Makes frames worse: contrast falls, light flickers and grain grows with `level` (0 leaves them as they
 * are, 1 is hardly recognisable). The grain is coarse (2 × 2 pixels), so that neither the codec nor the
 * shrinking to features averages it away.
 */
export function degradeVideo(video: Video, level: number, rng: Rng): Video {
  if (level === 0) return video;
  const { width, height, frames } = video;
  const contrast = 1 - 0.6 * level;
  const grain = 55 * level;
  const data = new Uint8Array(video.data.length);
  const columns = Math.ceil(width / 2);
  for (let frame = 0; frame < frames; frame++) {
    const light = 128 + 18 * level * rng.normal();
    const field = Float32Array.from({ length: columns * Math.ceil(height / 2) }, () =>
      rng.normal(),
    );
    for (let pixel = 0; pixel < width * height; pixel++) {
      const [x, y] = [pixel % width, Math.floor(pixel / width)];
      const speck = grain * field[(y >> 1) * columns + (x >> 1)]!;
      for (let c = 0; c < 3; c++) {
        const at = (frame * width * height + pixel) * 3 + c;
        data[at] = clampByte((video.data[at]! - 128) * contrast + light + speck);
      }
    }
  }
  return { ...video, data };
}

/**
 * Buries the voice: background noise (pink, like a room) and a level change of up to ±6 dB, both growing
 * with `level`. Signal to noise of an average voice, measured: 32 dB just above 0, 21 dB at 0.25, 11 dB at
 * 0.5, 0 dB at 0.75, −10 dB at 1.
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

/** Noise of about 1/f power and unit variance: white noise through three leaky integrators. */
function pinkNoise(length: number, rng: Rng): Float32Array {
  const poles = [0.99, 0.9, 0.4] as const;
  const state = [0, 0, 0];
  const out = new Float32Array(length);
  for (let i = 0; i < length; i++) {
    const white = rng.normal();
    let sum = 0;
    for (let k = 0; k < 3; k++) {
      state[k] = poles[k]! * state[k]! + Math.sqrt(1 - poles[k]! ** 2) * white;
      sum += state[k]!;
    }
    out[i] = sum / 2;
  }
  return out;
}

const clampByte = (value: number): number => Math.max(0, Math.min(255, Math.round(value)));
