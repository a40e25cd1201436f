import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writePlain } from "./film.fixture.ts";
import { readFitted } from "./fit.ts";
import { readClip } from "./read.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "oppo-channels-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rateHz = 16_000;
const tone = (level: number) =>
  Float32Array.from(
    { length: rateHz },
    (_, i) => level * Math.sin((2 * Math.PI * 440 * i) / rateHz),
  );

/** A second of sound, one amplitude a channel, beside a grey picture. */
function clip(levels: readonly number[]): string {
  const path = join(folder, "channels.mkv");
  const timesMs = Array.from({ length: 10 }, (_, i) => 100 * i);
  writePlain(path, "matroska", {
    film: { timesMs, colour: () => [120, 128, 128], options: { bf: "0" } },
    sound: { rateHz, blocks: [{ timeMs: 0, channels: levels.map(tone) }] },
  });
  return path;
}

const peak = (samples: Float32Array) =>
  samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

describe("sound of several channels", () => {
  it.each([
    { case: "of opposite phase", levels: [0.5, -0.5], heard: 0.5 },
    { case: "of nearly opposite phase", levels: [0.5, -0.49], heard: 0.5 },
    {
      case: "of which one speaks, too quietly for their mean",
      levels: [0, 0, 3e-4, 0, 0, 0],
      heard: 3e-4,
    },
    { case: "in phase", levels: [0.5, 0.3], heard: 0.4 },
    { case: "of which one speaks", levels: [0, 0, 0.6, 0, 0, 0], heard: 0.1 },
  ])("$case is heard", async ({ levels, heard }) => {
    const path = clip(levels);
    const near = (samples: Float32Array) => expect(peak(samples) / heard).toBeCloseTo(1, 1);
    near((await readClip(path)).audio.samples);
    const fitted = { seconds: 1, width: 16, height: 16, fps: 5, sampleRateHz: rateHz };
    near((await readFitted(path, undefined, fitted)).audio.samples);
  });

  it("is still refused where every channel is silent", async () => {
    await expect(readClip(clip([0, 0]))).rejects.toMatchObject({ code: "MEDIA_SILENT_AUDIO" });
  });
});
