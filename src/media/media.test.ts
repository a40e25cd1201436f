import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeAvi } from "./avi.fixture.ts";
import { mediaCapabilities } from "./capabilities.ts";
import type { Clip } from "./clip.ts";
import { readClip } from "./read.ts";
import { writeClip } from "./write.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "oppo-media-test-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string): string => join(folder, name);

/** Frames of growing brightness with a dark square, and a tone. */
function sampleClip(seconds = 2, hz = 440): Clip {
  const [width, height, fps] = [48, 32, 8];
  const frames = Math.round(seconds * fps);
  const data = new Uint8Array(width * height * frames * 3);
  for (let pixel = 0; pixel < data.length / 3; pixel++) {
    const frame = Math.floor(pixel / (width * height));
    const inSquare = pixel % width < 16 && Math.floor(pixel / width) % height < 16;
    data.fill(inSquare ? 20 : 100 + 8 * frame, pixel * 3, pixel * 3 + 3);
  }
  const samples = Float32Array.from(
    { length: seconds * 16000 },
    (_, i) => 0.4 * Math.sin((2 * Math.PI * hz * i) / 16000),
  );
  return { video: { width, height, frames, fps, data }, audio: { sampleRateHz: 16000, samples } };
}

function meanDifference(a: Clip, b: Clip): number {
  let total = 0;
  a.video.data.forEach((value, i) => {
    total += Math.abs(value - b.video.data[i]!);
  });
  return total / a.video.data.length;
}

/** Frequency from zero crossings in the middle of the clip, away from encoder padding. */
function toneHz({ samples, sampleRateHz }: Clip["audio"]): number {
  let crossings = 0;
  for (let i = 8000; i < 24000; i++) if (samples[i - 1]! < 0 && samples[i]! >= 0) crossings++;
  return (crossings * sampleRateHz) / 16000;
}

describe("writeClip and readClip", () => {
  it.each(["mp4", "webm", "mkv"])("round-trips frames and sound through %s", async (extension) => {
    const clip = sampleClip();
    const path = file(`round.${extension}`);
    await writeClip(path, clip);
    const back = await readClip(path);
    expect(back.video).toMatchObject({ width: 48, height: 32, frames: 16, fps: 8 });
    expect(meanDifference(clip, back)).toBeLessThan(8);
    expect(back.audio.sampleRateHz).toBe(16000);
    expect(back.audio.samples.length / 16000).toBeGreaterThan(1.95);
    expect(back.audio.samples.length / 16000).toBeLessThan(2.25);
    expect(toneHz(back.audio)).toBeCloseTo(440, -1);
  });

  it("keeps wav samples to 16 bits", async () => {
    const clip = sampleClip();
    await writeClip(file("tone.wav"), clip);
    const back = await readClip(file("tone.wav"), { needVideo: false });
    expect(back.audio.samples).toHaveLength(32000);
    const worst = back.audio.samples.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - clip.audio.samples[i]!)),
      0,
    );
    expect(worst).toBeLessThan(1e-4);
  });

  it("reads avi", async () => {
    const clip = sampleClip();
    await writeAvi(file("clip.avi"), clip);
    const back = await readClip(file("clip.avi"));
    expect(back.video).toMatchObject({ width: 48, height: 32, frames: 16, fps: 8 });
    expect(meanDifference(clip, back)).toBeLessThan(8);
    expect(toneHz(back.audio)).toBeCloseTo(440, -1);
  });

  it("brings clips to the size, frame rate and audio rate asked for", async () => {
    await writeClip(file("sizes.mp4"), sampleClip());
    const back = await readClip(file("sizes.mp4"), {
      fps: 4,
      width: 12,
      height: 8,
      sampleRateHz: 8000,
    });
    expect(back.video).toMatchObject({ width: 12, height: 8, frames: 8, fps: 4 });
    expect(back.video.data[0]).toBeLessThan(50);
    expect(back.video.data[(12 * 8 - 1) * 3]).toBeGreaterThan(80);
    expect(back.audio.sampleRateHz).toBe(8000);
    expect(back.audio.samples.length).toBeLessThan(18000);
  });

  it("decodes the same file to the same pixels and samples", async () => {
    await writeClip(file("same-a.mp4"), sampleClip());
    await writeClip(file("same-b.mp4"), sampleClip());
    const [a, b] = [await readClip(file("same-a.mp4")), await readClip(file("same-b.mp4"))];
    expect(Buffer.compare(a.video.data, b.video.data)).toBe(0);
    expect(Buffer.compare(bytes(a.audio.samples), bytes(b.audio.samples))).toBe(0);
  });

  it("refuses containers it cannot write, and leaves no temporary file", async () => {
    await expect(writeClip(file("x.gif"), sampleClip())).rejects.toMatchObject({
      code: "MEDIA_CONTAINER",
    });
    const odd = sampleClip();
    odd.video = { ...odd.video, width: 1, height: 1, frames: 1, data: new Uint8Array(3) };
    await writeClip(file("odd.webm"), odd).catch(() => undefined);
    expect(readdirSync(folder).filter((name) => name.includes("tmp"))).toEqual([]);
  });
});

const bytes = (samples: Float32Array): Uint8Array => new Uint8Array(samples.buffer.slice(0));

describe("broken files", () => {
  const failure = (name: string, options = {}) =>
    expect(readClip(file(name), options)).rejects.toMatchObject({ details: { file: file(name) } });
  const code = (name: string, options = {}) =>
    readClip(file(name), options).then(
      () => "none",
      (error: { code: string }) => error.code,
    );

  it("names a missing, an empty and a junk file", async () => {
    writeFileSync(file("empty.mp4"), "");
    writeFileSync(file("junk.mp4"), Buffer.from("not a film at all ".repeat(300)));
    writeFileSync(file("junk.avi"), Buffer.from("not a film at all ".repeat(300)));
    expect(await code("none.mp4")).toBe("MEDIA_MISSING");
    expect(await code("empty.mp4")).toBe("MEDIA_EMPTY");
    expect(await code("junk.mp4")).toBe("MEDIA_UNREADABLE");
    expect(await code("junk.avi")).toBe("MEDIA_UNREADABLE");
    await failure("junk.mp4");
  });

  it.each(["mp4", "webm", "mkv", "wav", "avi"])(
    "never reads a cut-off %s as a whole clip",
    async (extension) => {
      const name = `cut.${extension}`;
      if (extension === "avi") await writeAvi(file(name), sampleClip(4));
      else await writeClip(file(name), sampleClip(4));
      const size = statSync(file(name)).size;
      for (const share of [0.6, 0.3, 0.02]) {
        truncateSync(file(name), Math.floor(size * share));
        const found = await code(name, { needVideo: extension !== "wav" });
        expect(found, `${share} of ${extension}`).toMatch(/^MEDIA_(TRUNCATED|UNREADABLE|NO_)/);
      }
      await failure(name, { needVideo: extension !== "wav" });
    },
  );

  it.each(["mp4", "webm", "mkv"])(
    "takes a %s whose tracks differ in length for whole",
    async (extension) => {
      const clip = sampleClip(2);
      const longer = sampleClip(4);
      await writeClip(file(`long-sound.${extension}`), { ...clip, audio: longer.audio });
      await writeClip(file(`long-film.${extension}`), { ...clip, video: longer.video });
      expect((await readClip(file(`long-sound.${extension}`))).video.frames).toBe(16);
      expect((await readClip(file(`long-film.${extension}`))).video.frames).toBe(32);
    },
  );

  it("wants the tracks it was asked for", async () => {
    const clip = sampleClip();
    const silent = { ...clip.audio, samples: new Float32Array(32000) };
    await writeClip(file("mute.mp4"), {
      ...clip,
      audio: { ...silent, samples: new Float32Array(0) },
    });
    await writeClip(file("silent.mp4"), { ...clip, audio: silent });
    await writeClip(file("sound.wav"), clip);
    expect(await code("mute.mp4")).toBe("MEDIA_NO_AUDIO");
    expect(await code("mute.mp4", { needAudio: false })).toBe("none");
    expect(await code("silent.mp4")).toBe("MEDIA_SILENT_AUDIO");
    expect(await code("silent.mp4", { allowSilent: true })).toBe("none");
    expect(await code("sound.wav")).toBe("MEDIA_NO_VIDEO");
  });
});

describe("mediaCapabilities", () => {
  it("finds every container working here", async () => {
    const found = await mediaCapabilities();
    expect(found.map(({ name }) => name)).toEqual([
      "media mp4",
      "media webm",
      "media mkv",
      "media wav",
      "media avi",
    ]);
    expect(found.filter(({ ok }) => !ok)).toEqual([]);
  });
});
