import { describe, expect, it } from "vitest";
import { Rng } from "../core/rng.ts";
import type { Audio, Video } from "../media/clip.ts";
import { logMel } from "../media/mel.ts";
import { type Activation, drawActivations, strength } from "./activation.ts";
import { degradeAudio, degradeVideo } from "./degrade.ts";
import { drawFace } from "./face.ts";
import { factorNames, salientValues, visualFactors } from "./factors.ts";
import type { FactorName } from "./manifest.ts";
import { corpusOptions } from "./options.ts";
import { speak } from "./voice.ts";

const { render } = corpusOptions.parse({});
const neutral = Object.fromEntries(factorNames.map((factor) => [factor, 0])) as Record<
  FactorName,
  number
>;
/** One factor on from 10 % to 90 % of the clip, at full strength. */
function activations(factor: FactorName, value: number) {
  const on = (state: number): Activation => ({ value: state, start: 0.1, end: 0.9, intensity: 1 });
  return Object.fromEntries(
    factorNames.map((name) => [name, on(name === factor ? value : 0)]),
  ) as Record<FactorName, Activation>;
}
const face = (factor: FactorName, value: number, seed = "a"): Video =>
  drawFace(activations(factor, value), render, new Rng(seed));
const voice = (factor: FactorName, value: number, seed = "a"): Audio =>
  speak(activations(factor, value), render, new Rng(seed));

describe("activation", () => {
  it("shows a factor only inside its window, for the share of the clip asked for", () => {
    const all = drawActivations({ ...neutral, mouth: 1 }, [0.3, 0.5], new Rng("w"));
    for (const { start, end } of Object.values(all)) {
      expect(start).toBeGreaterThanOrEqual(0);
      expect(end).toBeLessThanOrEqual(1);
      expect(end - start).toBeGreaterThanOrEqual(0.3 - 1e-9);
      expect(end - start).toBeLessThanOrEqual(0.5 + 1e-9);
    }
    const { start, end } = all.mouth;
    expect(strength(all.mouth, 1, (start + end) / 2)).toBeGreaterThan(0.7);
    expect(strength(all.mouth, 1, start - 0.01)).toBe(0);
    expect(strength(all.mouth, 1, end + 0.01)).toBe(0);
    expect(strength(all.mouth, 2, (start + end) / 2)).toBe(0);
    expect(strength(all.brows, 1, 0.5)).toBe(0);
  });
});

describe("drawFace", () => {
  /**
   * Mean absolute difference from the same face at rest, per band of rows, in the clip's middle.
   */
  function changeByRows(factor: FactorName, value: number): Record<string, number> {
    const [a, b] = [face(factor, value), face(factor, 0)];
    const bands = { brows: [12, 26], eyes: [26, 38], mouth: [42, 58] } as const;
    return Object.fromEntries(
      Object.entries(bands).map(([name, [top, bottom]]) => {
        let sum = 0;
        for (let frame = 6; frame < 10; frame++) {
          for (let y = top; y < bottom; y++) {
            for (let x = 14 * 3; x < 50 * 3; x++) {
              const at = (frame * 64 + y) * 64 * 3 + x;
              sum += Math.abs(a.data[at]! - b.data[at]!);
            }
          }
        }
        return [name, sum / (4 * (bottom - top) * 36 * 3)];
      }),
    );
  }

  it.each(["brows", "eyes", "mouth"] as const)("changes the %s, most where they are", (factor) => {
    for (const value of salientValues) {
      const change = changeByRows(factor, value);
      expect(change[factor], `${factor} ${value}`).toBeGreaterThan(2);
      expect(change[factor]).toBe(Math.max(...Object.values(change)));
      const far = factor === "mouth" ? "brows" : "mouth";
      expect(change[far], `${far} while ${factor} ${value}`).toBeLessThan(0.5);
    }
  });

  it("turns the eyes: dark pupils move aside, down and up", () => {
    const pupil = (value: number): { x: number; y: number } => {
      const { data } = face("gaze", value);
      const [x, y, weight] = [0, 1, 2].map((axis) => {
        let sum = 0;
        for (let row = 26; row < 39; row++) {
          for (let column = 35; column < 49; column++) {
            const at = ((8 * 64 + row) * 64 + column) * 3;
            const dark = data[at]! + data[at + 1]! + data[at + 2]! < 60 ? 1 : 0;
            sum += dark * ([column, row, 1][axis] as number);
          }
        }
        return sum;
      }) as [number, number, number];
      return { x: x / weight, y: y / weight };
    };
    const rest = pupil(0);
    expect(pupil(1).x).toBeGreaterThan(rest.x + 1);
    expect(pupil(2).y).toBeGreaterThan(rest.y + 0.8);
    expect(pupil(3).y).toBeLessThan(rest.y - 0.8);
  });

  it("nods up and down, shakes from side to side, tilts and stays", () => {
    /** Frame-to-frame motion of the head's edges, in pixels of change per axis. */
    const travel = (value: number): { x: number; y: number } => {
      const { data, frames } = face("head", value);
      // The centre of what is not background, from rows and columns of change against the corner.
      const centre = (frame: number): [number, number] => {
        const corner = frame * 64 * 64 * 3;
        let [sx, sy, count] = [0, 0, 0];
        for (let y = 0; y < 52; y++) {
          for (let x = 0; x < 64; x++) {
            const at = ((frame * 64 + y) * 64 + x) * 3;
            const differs = [0, 1, 2].some((c) => Math.abs(data[at + c]! - data[corner + c]!) > 12);
            if (differs) [sx, sy, count] = [sx + x, sy + y, count + 1];
          }
        }
        return [sx / count, sy / count];
      };
      const path = Array.from({ length: frames }, (_, frame) => centre(frame));
      const range = (axis: 0 | 1): number =>
        Math.max(...path.map((p) => p[axis])) - Math.min(...path.map((p) => p[axis]));
      return { x: range(0), y: range(1) };
    };
    const [rest, nod, shake] = [travel(0), travel(1), travel(2)];
    expect(nod.y).toBeGreaterThan(rest.y + 1);
    expect(shake.x).toBeGreaterThan(rest.x + 2);
    expect(shake.x).toBeGreaterThan(nod.x + 2);
    expect(changeOf(face("head", 3), face("head", 0))).toBeGreaterThan(8);
  });

  it("films different people for different seeds", () => {
    expect(changeOf(face("mouth", 1, "a"), face("mouth", 1, "b"))).toBeGreaterThan(5);
    expect(changeOf(face("mouth", 1, "a"), face("mouth", 1, "a"))).toBe(0);
  });
});

function changeOf(a: Video, b: Video): number {
  let sum = 0;
  a.data.forEach((value, i) => {
    sum += Math.abs(value - b.data[i]!);
  });
  return sum / a.data.length;
}

describe("speak", () => {
  const middle = (audio: Audio): Float32Array => audio.samples.subarray(8000, 24000);
  const rms = (x: Float32Array): number =>
    Math.sqrt(x.reduce((sum, value) => sum + value * value, 0) / x.length);
  /** Pitch by autocorrelation over 60 ms, Hz. */
  function pitch(x: Float32Array, at: number): number {
    let [best, lagOfBest] = [-1, 0];
    for (let lag = 32; lag < 220; lag++) {
      let sum = 0;
      for (let i = at; i < at + 960; i++) sum += x[i]! * x[i + lag]!;
      if (sum > best) [best, lagOfBest] = [sum, lag];
    }
    return 16000 / lagOfBest;
  }
  const track = (audio: Audio): number[] =>
    Array.from({ length: 12 }, (_, i) => pitch(audio.samples, 8000 + 1100 * i));
  const median = (x: number[]): number => x.toSorted((a, b) => a - b)[Math.floor(x.length / 2)]!;
  const semitones = (a: number, b: number): number => 12 * Math.log2(a / b);

  it("raises, lowers and breaks the pitch", () => {
    const rest = track(voice("pitch", 0));
    expect(semitones(median(track(voice("pitch", 1))), median(rest))).toBeGreaterThan(5);
    expect(semitones(median(track(voice("pitch", 2))), median(rest))).toBeLessThan(-5);
    const broken = track(voice("pitch", 3));
    expect(semitones(Math.max(...broken), Math.min(...broken))).toBeGreaterThan(6);
    expect(semitones(Math.max(...rest), Math.min(...rest))).toBeLessThan(4);
  });

  it("is louder, softer and swelling", () => {
    const level = (value: number): number => 20 * Math.log10(rms(middle(voice("loudness", value))));
    expect(level(1) - level(0)).toBeGreaterThan(6);
    expect(level(2) - level(0)).toBeLessThan(-7);
    const swelling = voice("loudness", 3).samples;
    expect(rms(swelling.subarray(20000, 27000))).toBeGreaterThan(
      2 * rms(swelling.subarray(5000, 12000)),
    );
  });

  it("speaks faster, slower and haltingly", () => {
    const dips = (value: number): number => {
      const { samples } = voice("tempo", value);
      const levels = Array.from({ length: 100 }, (_, i) =>
        rms(samples.subarray(i * 320, i * 320 + 320)),
      );
      const top = Math.max(...levels);
      return levels.filter((x, i) => x < 0.35 * top && (levels[i - 1] ?? 1) >= 0.35 * top).length;
    };
    expect(dips(1)).toBeGreaterThan(dips(0));
    expect(dips(2)).toBeLessThan(dips(0));
    const silent = (value: number): number =>
      middle(voice("tempo", value)).filter((x) => Math.abs(x) < 1e-6).length;
    expect(silent(3)).toBeGreaterThan(1600);
    expect(silent(0)).toBe(0);
  });

  it("is breathy, harsh and trembling", () => {
    /** How regular the voice is: autocorrelation at the best lag over power. */
    const regularity = (value: number): number => {
      const x = middle(voice("quality", value));
      const power = x.reduce((sum, v) => sum + v * v, 0);
      let best = 0;
      for (let lag = 60; lag < 220; lag++) {
        let sum = 0;
        for (let i = 0; i + lag < x.length; i++) sum += x[i]! * x[i + lag]!;
        best = Math.max(best, sum / power);
      }
      return best;
    };
    const rest = regularity(0);
    expect(regularity(1)).toBeLessThan(0.8 * rest);
    expect(regularity(2)).toBeLessThan(0.9 * rest);
    const beat = (value: number): number => {
      const { data, frames } = logMel(voice("quality", value), {
        melBands: 8,
        hopMs: 10,
        windowMs: 32,
        maxHz: 4000,
      });
      let [cos, sin] = [0, 0];
      for (let frame = 40; frame < Math.min(160, frames); frame++) {
        const level = data.subarray(frame * 8, frame * 8 + 8).reduce((a, b) => a + b, 0);
        cos += level * Math.cos((2 * Math.PI * 6.5 * frame) / 100);
        sin += level * Math.sin((2 * Math.PI * 6.5 * frame) / 100);
      }
      return Math.hypot(cos, sin);
    };
    expect(beat(3)).toBeGreaterThan(1.5 * beat(0));
  });

  it("lets the melody rise, fall and swing", () => {
    const steps = (value: number): number[] => {
      const path = Array.from({ length: 30 }, (_, i) =>
        pitch(voice("intonation", value).samples, 6000 + 640 * i),
      );
      return path
        .slice(1)
        .map((hz, i) => semitones(hz, path[i]!))
        .filter((step) => Math.abs(step) < 3);
    };
    const drift = (value: number): number => steps(value).reduce((a, b) => a + b, 0);
    expect(drift(1)).toBeGreaterThan(6);
    expect(drift(2)).toBeLessThan(-6);
    const size = (value: number): number => steps(value).reduce((a, b) => a + Math.abs(b), 0);
    expect(size(3)).toBeGreaterThan(2 * size(0));
  });
});

describe("degradation", () => {
  it("does nothing at level 0 and more at every level above", () => {
    const video = face("mouth", 1);
    const audio = voice("pitch", 0);
    expect(degradeVideo(video, 0, new Rng(1))).toBe(video);
    expect(degradeAudio(audio, 0, new Rng(1))).toBe(audio);
    const levels = [0.2, 0.5, 0.8];
    const seen = levels.map((level) => changeOf(degradeVideo(video, level, new Rng(1)), video));
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    // What stands in the voice's pauses is background alone.
    const paused = speak(activations("tempo", 3), render, new Rng("a"));
    const heard = levels.map((level) => {
      const { samples } = degradeAudio(paused, level, new Rng(1));
      return samples
        .filter((_, i) => Math.abs(paused.samples[i]!) < 1e-6)
        .reduce((sum, v) => sum + v * v, 0);
    });
    expect(heard).toEqual(heard.toSorted((a, b) => a - b));
    expect(heard[2]).toBeGreaterThan(4 * heard[0]!);
  });

  it("keeps expressions of every factor in the picture", () => {
    for (const factor of visualFactors) {
      const one = degradeVideo(face(factor, 1), 0.4, new Rng(2));
      const rest = degradeVideo(face(factor, 0), 0.4, new Rng(2));
      expect(changeOf(one, rest), factor).toBeGreaterThan(0.1);
    }
  });
});
