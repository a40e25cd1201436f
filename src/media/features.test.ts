import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Clip } from "./clip.ts";
import { blankFeatures, clipFeatures, featureDims, featureReading } from "./features.ts";
import { logMel } from "./mel.ts";
import { featureOptions } from "./options.ts";
import { mixDown, resample } from "./resample.ts";
import { resizeImage } from "./scale.ts";

const options = featureOptions.parse({});
const tone = (hz: number, seconds: number, amplitude: number, rate = 16000): Float32Array =>
  Float32Array.from(
    { length: Math.round(seconds * rate) },
    (_, i) => amplitude * Math.sin((2 * Math.PI * hz * i) / rate),
  );

function clip(brightness: (frame: number) => number, samples: Float32Array, frames = 16): Clip {
  const [width, height] = [32, 32];
  const data = new Uint8Array(frames * width * height * 3);
  for (let frame = 0; frame < frames; frame++) {
    const size = width * height * 3;
    data.fill(brightness(frame), frame * size, (frame + 1) * size);
  }
  return {
    video: { width, height, frames, fps: 8, data },
    audio: { sampleRateHz: 16000, samples },
  };
}

describe("logMel", () => {
  const mel = { melBands: 40, hopMs: 10, windowMs: 32, maxHz: 6000 };
  const loudest = (samples: Float32Array): number => {
    const { data, frames } = logMel({ sampleRateHz: 16000, samples }, mel);
    const middle = data.subarray(40 * Math.floor(frames / 2), 40 * Math.floor(frames / 2) + 40);
    return middle.indexOf(Math.max(...middle));
  };

  it("puts a tone into a band that rises with its frequency", () => {
    const bands = [200, 400, 800, 1600, 3200].map((hz) => loudest(tone(hz, 1, 0.5)));
    expect(bands).toEqual([...bands].sort((a, b) => a - b));
    expect(new Set(bands).size).toBe(5);
  });

  it("measures level: ten times the amplitude is two decades of power", () => {
    const level = (amplitude: number): number =>
      Math.max(...logMel({ sampleRateHz: 16000, samples: tone(500, 1, amplitude) }, mel).data);
    expect(level(0.5) - level(0.05)).toBeCloseTo(2, 2);
  });

  it("gives silence the floor, ⌈length/hop⌉ frames, and refuses no samples", () => {
    const silence = logMel({ sampleRateHz: 16000, samples: new Float32Array(1601) }, mel);
    expect(silence.frames).toBe(11);
    expect(silence.data.every((value) => value === -8)).toBe(true);
    expect(() => logMel({ sampleRateHz: 16000, samples: new Float32Array(0) }, mel)).toThrow(
      expect.objectContaining({ code: "MEDIA_NO_SAMPLES" }),
    );
  });
});

describe("featureReading", () => {
  const reading = (given: object) => featureReading(featureOptions.parse(given));

  it("reads frames of eight squares' side, however the whole picture is asked for", () => {
    for (const given of [{}, { framing: "whole" }]) {
      expect(reading(given)).toEqual({ sampleRateHz: 16000, maxSide: 192 });
    }
  });

  it("reads larger frames where a face is to be found in them", () => {
    expect(reading({ framing: "face" }).maxSide).toBe(512);
    expect(reading({ framing: "face", frameSize: 80 }).maxSide).toBe(640);
  });
});

describe("clipFeatures", () => {
  it("has the announced shape for any options", () => {
    fc.assert(
      fc.property(
        fc.record({
          videoTokens: fc.integer({ min: 1, max: 10 }),
          framesPerToken: fc.integer({ min: 1, max: 3 }),
          frameSize: fc.integer({ min: 4, max: 20 }),
          audioTokens: fc.integer({ min: 1, max: 10 }),
          melBands: fc.integer({ min: 8, max: 40 }),
          melFramesPerToken: fc.integer({ min: 1, max: 30 }),
        }),
        fc.integer({ min: 1, max: 20 }),
        (sizes, frames) => {
          const some = featureOptions.parse(sizes);
          const out = clipFeatures(
            clip((f) => 10 * f, tone(300, 1, 0.3), frames),
            some,
          );
          const dims = featureDims(some);
          expect(out.video).toMatchObject({ tokens: some.videoTokens, dim: dims.video });
          expect(out.audio).toMatchObject({ tokens: some.audioTokens, dim: dims.audio });
          expect(out.video.features).toHaveLength(some.videoTokens * dims.video);
          expect(out.audio.features).toHaveLength(some.audioTokens * dims.audio);
          expect([...out.video.features, ...out.audio.features].every(Number.isFinite)).toBe(true);
        },
      ),
      { numRuns: 15 },
    );
  });

  it("shows when something happens: the flash and the beep stand in their tokens", () => {
    const samples = new Float32Array(32000);
    samples.set(tone(500, 0.25, 0.5), 24000);
    const out = clipFeatures(
      clip((f) => (f === 6 ? 250 : 100), samples),
      options,
    );
    const energy = (stream: typeof out.video, token: number): number =>
      Math.max(...stream.features.subarray(token * stream.dim, (token + 1) * stream.dim));
    const peak = (stream: typeof out.video): number => {
      const all = Array.from({ length: stream.tokens }, (_, token) => energy(stream, token));
      return all.indexOf(Math.max(...all));
    };
    expect(peak(out.video)).toBe(3);
    expect(peak(out.audio)).toBe(6);
  });

  it("takes away the still picture by the share asked for", () => {
    const still = { ...options, stillRemoved: 1 };
    const kept = { ...options, stillRemoved: 0 };
    const bright = clip(() => 220, tone(300, 2, 0.3));
    const dark = clip(() => 30, tone(300, 2, 0.3));
    expect(clipFeatures(bright, still).video).toEqual(clipFeatures(dark, still).video);
    expect(clipFeatures(bright, kept).video.features[0]).toBeGreaterThan(1);
    expect(clipFeatures(dark, kept).video.features[0]).toBeLessThan(-1);
  });

  it("does not let codec padding move the sound against the picture", () => {
    const padded = new Float32Array(32000 + 2048);
    padded.set(tone(500, 2, 0.3));
    const exact = clipFeatures(
      clip(() => 100, tone(500, 2, 0.3)),
      options,
    ).audio.features;
    const out = clipFeatures(
      clip(() => 100, padded),
      options,
    ).audio.features;
    expect(Buffer.compare(new Uint8Array(out.buffer), new Uint8Array(exact.buffer))).toBe(0);
  });

  it("gives a black silent clip the rows of blankFeatures", () => {
    const blank = blankFeatures(options);
    const out = clipFeatures(
      clip(() => 0, new Float32Array(32000)),
      options,
    );
    for (const modality of ["video", "audio"] as const) {
      const { features, dim } = out[modality];
      expect(blank[modality]).toHaveLength(dim);
      const worst = features.reduce(
        (most, value, i) => Math.max(most, Math.abs(value - blank[modality][i % dim]!)),
        0,
      );
      expect(worst).toBeLessThan(1e-6);
    }
  });
});

describe("resample", () => {
  it("keeps a tone and removes what the new rate cannot hold", () => {
    const rms = (x: Float32Array): number => {
      const middle = x.subarray(1000, x.length - 1000);
      return Math.sqrt(middle.reduce((sum, value) => sum + value * value, 0) / middle.length);
    };
    const low = resample(tone(1000, 0.5, 1, 48000), 48000, 16000);
    const high = resample(tone(11000, 0.5, 1, 48000), 48000, 16000);
    expect(low).toHaveLength(8000);
    expect(rms(low)).toBeCloseTo(Math.SQRT1_2, 2);
    expect(rms(high)).toBeLessThan(0.01);
  });

  it("mixes channels to their mean", () => {
    const mixed = mixDown([Float32Array.of(1, 0), Float32Array.of(0, 0.5)]);
    expect([...mixed]).toEqual([0.5, 0.25]);
  });
});

describe("resizeImage", () => {
  it("keeps the mean brightness when shrinking, whatever the sizes", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 12 }),
        fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 144, maxLength: 144 }),
        (width, height, pixels) => {
          const out = resizeImage(
            pixels,
            { width: 12, height: 12, stride: 1 },
            { width, height, channels: 1 },
          );
          const mean = (x: ArrayLike<number>): number =>
            Array.from(x).reduce((a, b) => a + b, 0) / x.length;
          expect(mean(out)).toBeCloseTo(mean(pixels), 3);
        },
      ),
    );
  });
});
