import FFT from "fft.js";
import { MediaError } from "../core/errors.ts";
import type { Audio } from "./clip.ts";

/** Resolution of a log-mel spectrogram. */
export interface MelOptions {
  melBands: number;
  hopMs: number;
  windowMs: number;
  /** Top of the highest band, Hz; Nyquist if that is lower. */
  maxHz: number;
}

/** Row-major [frames, bands] of log10 mel power; silence is −`floorDecades`. */
export interface LogMel {
  frames: number;
  bands: number;
  data: Float32Array;
}

/** Power below 10^−8 of full scale counts as silence: 16-bit quantisation lies there. */
export const logMelFloor = -8;

/**
 * Log-mel spectrogram: Hann window, power spectrum, triangular filters spaced evenly on Slaney's
 * mel scale (linear below 1 kHz) from 40 Hz to `maxHz`, area-normalised, log10. Frame k begins at k
 * hops; the end is padded with silence, so that there are ⌈length / hop⌉ frames.
 * @throws MediaError `MEDIA_NO_SAMPLES` for empty audio.
 */
export function logMel(audio: Audio, options: MelOptions): LogMel {
  const { samples, sampleRateHz } = audio;
  if (samples.length === 0) throw new MediaError("MEDIA_NO_SAMPLES", "no audio to analyse");
  const hop = Math.round((options.hopMs / 1000) * sampleRateHz);
  const plan = planFor(sampleRateHz, Math.round((options.windowMs / 1000) * sampleRateHz), options);
  const frames = Math.ceil(samples.length / hop);
  const data = new Float32Array(frames * options.melBands);
  const input = new Float64Array(plan.fft.size);
  const spectrum = plan.fft.createComplexArray() as number[];
  const power = new Float64Array(plan.bins);
  const silence = 10 ** logMelFloor;
  for (let frame = 0; frame < frames; frame++) {
    const start = frame * hop;
    const there = Math.min(plan.window.length, samples.length - start);
    for (let i = 0; i < there; i++) input[i] = samples[start + i]! * plan.window[i]!;
    input.fill(0, there);
    plan.fft.realTransform(spectrum, input as unknown as number[]);
    for (let bin = 0; bin < power.length; bin++) {
      const [re, im] = [spectrum[2 * bin]!, spectrum[2 * bin + 1]!];
      power[bin] = (re * re + im * im) * plan.scale;
    }
    for (let band = 0; band < options.melBands; band++) {
      const { first, weights } = plan.filters[band]!;
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i]! * power[first + i]!;
      data[frame * options.melBands + band] = Math.log10(Math.max(sum, silence));
    }
  }
  return { frames, bands: options.melBands, data };
}

interface Filter {
  first: number;
  weights: Float64Array;
}

interface Plan {
  fft: FFT;
  window: Float64Array;
  filters: Filter[];
  /** Bins from 0 that the filters look at. */
  bins: number;
  /** Makes a full-scale sine's peak bin 1, whatever the window length. */
  scale: number;
}

const plans = new Map<string, Plan>();

function planFor(sampleRateHz: number, length: number, options: MelOptions): Plan {
  const key = `${sampleRateHz}/${length}/${options.melBands}/${options.maxHz}`;
  const known = plans.get(key);
  if (known) return known;
  const fft = new FFT(2 ** Math.ceil(Math.log2(length)));
  const window = Float64Array.from(
    { length },
    (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / length),
  );
  const filters = melFilters(sampleRateHz, fft.size, options);
  const plan = {
    fft,
    window,
    filters,
    bins: Math.max(...filters.map(({ first, weights }) => first + weights.length)),
    scale: (4 / length) ** 2,
  };
  plans.set(key, plan);
  return plan;
}

/**
 * Triangles over FFT bins; each sums to 1, and a triangle narrower than a bin takes the nearest
 * bin.
 */
function melFilters(sampleRateHz: number, size: number, options: MelOptions): Filter[] {
  const { melBands: bands } = options;
  const low = hzToMel(40);
  const step = (hzToMel(Math.min(options.maxHz, sampleRateHz / 2)) - low) / (bands + 1);
  const hz = (index: number): number => melToHz(low + index * step);
  const binHz = sampleRateHz / size;
  return Array.from({ length: bands }, (_, band) => {
    const [left, centre, right] = [hz(band), hz(band + 1), hz(band + 2)];
    const first = Math.ceil(left / binHz);
    const last = Math.max(first, Math.min(size / 2, Math.floor(right / binHz)));
    const weights = Float64Array.from({ length: last - first + 1 }, (_, i) => {
      const f = (first + i) * binHz;
      return Math.max(
        0,
        f <= centre ? (f - left) / (centre - left) : (right - f) / (right - centre),
      );
    });
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    if (total === 0) return { first: Math.round(centre / binHz), weights: Float64Array.of(1) };
    return { first, weights: weights.map((weight) => weight / total) };
  });
}

/** Slaney's scale: linear to 1 kHz, logarithmic above (27 steps per factor 6.4). */
const hzToMel = (hz: number): number =>
  hz < 1000 ? (3 * hz) / 200 : 15 + (27 * Math.log(hz / 1000)) / Math.log(6.4);
const melToHz = (mel: number): number =>
  mel < 15 ? (200 * mel) / 3 : 1000 * 6.4 ** ((mel - 15) / 27);
