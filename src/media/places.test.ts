import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PlainSound, writePlain } from "./film.fixture.ts";
import { readFitted } from "./fit.ts";
import { silenceBefore } from "./lay-sound.ts";
import { readClip } from "./read.ts";
import { encodeWav } from "./wav.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "oppo-places-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rateHz = 16_000;
const loud = (seconds: number) => new Float32Array(Math.round(seconds * rateHz)).fill(0.5);

/** Blocks of a tenth of a second for the given spans, in seconds. */
const spans = (...all: readonly (readonly [number, number])[]): PlainSound => ({
  rateHz,
  blocks: all.flatMap(([from, to]) =>
    Array.from({ length: Math.round((to - from) * 10) }, (_, i) => ({
      timeMs: 1000 * from + 100 * i,
      channels: [loud(0.1)],
    })),
  ),
});

const film = (startSec: number, seconds: number) => ({
  timesMs: Array.from({ length: seconds * 10 }, (_, i) => 1000 * startSec + 100 * i),
  colour: () => [120, 128, 128] as const,
  options: { bf: "0" },
});

/** Where sound is heard, in seconds, to a hundredth. */
function heard(samples: Float32Array): number[] {
  const edges: number[] = [];
  let on = false;
  samples.forEach((value, i) => {
    if (Math.abs(value) > 0.2 === on) return;
    on = !on;
    edges.push(Math.round((100 * i) / rateHz) / 100);
  });
  if (on) edges.push(Math.round((100 * samples.length) / rateHz) / 100);
  return edges;
}

describe("sound", () => {
  it.each([
    { case: "begins late", sound: spans([1.5, 4]), at: [1.5, 4] },
    { case: "has a gap", sound: spans([0, 1], [3, 4]), at: [0, 1, 3, 4] },
    {
      case: "begins late and has gaps",
      sound: spans([0.5, 1], [2, 2.5], [3, 4]),
      at: [0.5, 1, 2, 2.5, 3, 4],
    },
  ])("keeps its place where it $case", async ({ sound, at }) => {
    const path = join(folder, "placed.mkv");
    writePlain(path, "matroska", { film: film(0, 4), sound });
    expect(heard((await readClip(path)).audio.samples)).toEqual(at);
    const fitted = { seconds: 5, width: 16, height: 16, fps: 5, sampleRateHz: rateHz };
    const { audio } = await readFitted(path, undefined, fitted);
    expect(audio.samples).toHaveLength(5 * rateHz);
    expect(heard(audio.samples)).toEqual(at);
  });

  it("keeps its place behind a picture that does not begin at zero", async () => {
    const path = join(folder, "later.mkv");
    writePlain(path, "matroska", { film: film(10, 4), sound: spans([11, 13]) });
    expect(heard((await readClip(path)).audio.samples)).toEqual([1, 3]);
  });

  it("is not filled up for times that merely stray, and refused for broken ones", () => {
    expect(silenceBefore(0, 0.001, rateHz, "a.mkv")).toBe(0);
    expect(silenceBefore(16_000, 1.02, rateHz, "a.mkv")).toBe(0);
    expect(silenceBefore(16_000, 0.5, rateHz, "a.mkv")).toBe(0);
    expect(silenceBefore(16_000, 1.5, rateHz, "a.mkv")).toBe(8000);
    expect(() => silenceBefore(16_000, 90_000, rateHz, "a.mkv")).toThrow(
      "a.mkv: sound jumps from 1.00 s to 90000.00 s",
    );
  });
});

describe("a piece of a Matroska film", () => {
  it.each([0.5, 2, 100])(
    "that begins at %s s is whole, and its cut-off copy is not",
    async (startSec) => {
      const path = join(folder, `piece-${startSec}.mkv`);
      writePlain(path, "matroska", {
        film: film(startSec, 4),
        sound: spans([startSec, startSec + 4]),
      });
      const { video, audio } = await readClip(path);
      expect(video).toMatchObject({ frames: 40, fps: 10 });
      expect(heard(audio.samples)).toEqual([0, 4]);
      const size = statSync(path).size;
      for (const share of [0.99, 0.6, 0.3]) {
        truncateSync(path, Math.floor(size * share));
        await expect(readClip(path), `${share}`).rejects.toMatchObject({ code: "MEDIA_TRUNCATED" });
      }
    },
  );
});

describe("a wav that was written into a pipe", () => {
  const wav = Buffer.from(encodeWav({ sampleRateHz: rateHz, samples: loud(1) }));
  const announcing = (riff: number, data: number): string => {
    const path = join(folder, "pipe.wav");
    const bytes = Buffer.from(wav);
    bytes.writeUInt32LE(riff, 4);
    bytes.writeUInt32LE(data, 40);
    writeFileSync(path, bytes);
    return path;
  };

  it.each([
    [0x7ffff024, 0x7ffff000],
    [0x7fffffff, 0x7fffffff],
    [0x7fffffff, 0x7fffffdb],
    [2_000_000_036, 2_000_000_000],
    [0x80000024, 0x80000000],
    [0xfffff024, 0xfffff000],
    [0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffdb],
    [0, 0],
    [36, 0],
    [36 + 32_000, 0x7ffff000],
    [0, 0xffffffff],
  ])("with %d and %d for lengths is read to its end", async (riff, data) => {
    const { audio } = await readClip(announcing(riff, data), { needVideo: false });
    expect(audio.samples).toHaveLength(rateHz);
  });

  it.each([
    [64_036, 64_000],
    [1_000_000_036, 1_000_000_000],
  ])("is refused as cut off where %d and %d are lengths that clips have", async (riff, data) => {
    await expect(readClip(announcing(riff, data), { needVideo: false })).rejects.toMatchObject({
      code: "MEDIA_TRUNCATED",
      message: expect.stringMatching(/pipe\.wav: .*announce.* \(the file is cut off/),
    });
    expect(readFileSync(join(folder, "pipe.wav"))).toHaveLength(wav.length);
  });
});
