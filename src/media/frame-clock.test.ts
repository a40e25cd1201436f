import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AV_NOPTS_VALUE,
  FF_ENCODER_LIBX264,
  FF_ENCODER_MPEG2VIDEO,
  FF_ENCODER_MPEG4,
  type Frame,
} from "node-av";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writePlain } from "./film.fixture.ts";
import { frameClock } from "./frame-clock.ts";
import { readClip } from "./read.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "oppo-clock-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const times = (count: number, fps: number) =>
  Array.from({ length: count }, (_, i) => (1000 * i) / fps);

/** Picture k has brightness 30 + 10k. */
const levels = (index: number) => [30 + 10 * index, 128, 128] as const;

describe("pictures whose container does not say when they are shown", () => {
  it.each([
    { muxer: "avi", encoder: FF_ENCODER_MPEG4 },
    { muxer: "avi", encoder: FF_ENCODER_LIBX264 },
    { muxer: "h264", encoder: FF_ENCODER_LIBX264 },
    { muxer: "m4v", encoder: FF_ENCODER_MPEG4 },
    { muxer: "mpeg2video", encoder: FF_ENCODER_MPEG2VIDEO },
  ])(
    "are read with B-frames at their rate, from the first to the last: $encoder in $muxer",
    async ({ muxer, encoder }) => {
      const path = join(folder, `b-${encoder}.${muxer}`);
      const clock = muxer === "mpeg2video" ? 25 : 10;
      const film = { timesMs: times(20, clock), colour: levels, encoder, clock };
      writePlain(path, muxer, { film: { ...film, options: { bf: "2" } } });
      const { video } = await readClip(path, { needAudio: false });
      expect(video).toMatchObject({ frames: 20, fps: clock });
      const size = video.width * video.height * 3;
      const shown = Array.from({ length: 20 }, (_, k) => video.data[k * size]!);
      expect(shown).toEqual([...shown].sort((a, b) => a - b));
      const two = await readClip(path, { needAudio: false, fps: clock / 10 });
      expect(two.video.frames).toBe(2);
    },
  );
});

const frame = (ticks: bigint, duration = 0n) =>
  ({ bestEffortTimestamp: ticks, duration, nbSamples: 0 }) as Frame;
const options = { file: "x.h264", tickSec: 0.1, startSec: 0, untimed: false };

describe("frameClock", () => {
  it("lets a frame without a time begin where the one before it ends", () => {
    const clock = frameClock({ ...options, framesPerSec: () => null });
    expect(clock.shown(frame(7n, 2n)).timeSec).toBeCloseTo(0.7, 9);
    expect(clock.shown(frame(AV_NOPTS_VALUE, 2n)).timeSec).toBeCloseTo(0.9, 9);
    expect(clock.shown(frame(AV_NOPTS_VALUE, 2n)).timeSec).toBeCloseTo(1.1, 9);
  });

  it("refuses a stream without times that announces no rate, with the cure", () => {
    const clock = frameClock({ ...options, untimed: true, framesPerSec: () => null });
    expect(() => clock.shown(frame(AV_NOPTS_VALUE))).toThrow(
      /^x\.h264: holds pictures without times, and no frame rate \(.*ffmpeg -framerate 25/,
    );
  });
});
