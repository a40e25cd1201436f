import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
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

  it("shrinks frames to a longest side, whole, and leaves smaller ones alone", async () => {
    await writeClip(file("side.mp4"), sampleClip());
    const whole = await readClip(file("side.mp4"));
    expect(await readClip(file("side.mp4"), { maxSide: 48 })).toEqual(whole);
    const { video } = await readClip(file("side.mp4"), { maxSide: 24 });
    expect(video).toMatchObject({ width: 24, height: 16, frames: 16 });
    expect(video.data[0]).toBeLessThan(40);
    expect(video.data.at(-1)).toBeGreaterThan(180);
  });

  it("decodes the same file to the same pixels and samples", async () => {
    await writeClip(file("same-a.mp4"), sampleClip());
    await writeClip(file("same-b.mp4"), sampleClip());
    const [a, b] = [await readClip(file("same-a.mp4")), await readClip(file("same-b.mp4"))];
    expect(Buffer.compare(a.video.data, b.video.data)).toBe(0);
    expect(Buffer.compare(bytes(a.audio.samples), bytes(b.audio.samples))).toBe(0);
  });

  it.each(["mp4", "mkv"])(
    "writes the same %s bytes whatever was written before",
    async (extension) => {
      const clip = sampleClip();
      const other = sampleClip(3, 300);
      const written: Buffer[] = [];
      for (const one of [clip, other, clip, clip]) {
        await writeClip(file(`again.${extension}`), one);
        written.push(readFileSync(file(`again.${extension}`)));
      }
      expect(written[2]!.equals(written[0]!)).toBe(true);
      expect(written[3]!.equals(written[0]!)).toBe(true);
      expect(written[1]!.equals(written[0]!)).toBe(false);
    },
  );

  it.each(["mp4", "webm", "mkv", "avi"])(
    "keeps sound where the picture is, to 5 ms, in %s",
    async (extension) => {
      const clip = sampleClip();
      const samples = new Float32Array(32000);
      samples.set(clip.audio.samples.subarray(0, 8000), 16000);
      const late = { ...clip, audio: { ...clip.audio, samples } };
      if (extension === "avi") await writeAvi(file("late.avi"), late);
      else await writeClip(file(`late.${extension}`), late);
      const { audio } = await readClip(file(`late.${extension}`));
      const onset = audio.samples.findIndex((value) => Math.abs(value) > 0.2);
      expect(Math.abs(onset - 16000)).toBeLessThan(80);
    },
  );

  it.each([
    { bits: 8, channels: 1 },
    { bits: 16, channels: 2 },
    { bits: 32, channels: 2 },
  ])("reads wav of $bits bits and $channels channels as their mean", async ({ bits, channels }) => {
    writeFileSync(file("pcm.wav"), pcmWav(bits, channels));
    const { audio } = await readClip(file("pcm.wav"), { needVideo: false, sampleRateHz: 8000 });
    expect(audio.samples).toHaveLength(800);
    const mean = channels === 2 ? 0.25 : 0.5;
    for (const value of audio.samples) expect(value).toBeCloseTo(mean, 2);
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

/**
 * A tenth of a second at 8 kHz: one half of full scale in the first channel, silence in the second.
 */
function pcmWav(bits: number, channels: number): Buffer {
  const align = (bits / 8) * channels;
  const wav = Buffer.alloc(44 + 800 * align, bits === 8 ? 128 : 0);
  wav.write("RIFF", 0, "latin1");
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.write("WAVEfmt ", 8, "latin1");
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(channels, 22);
  wav.writeUInt32LE(8000, 24);
  wav.writeUInt32LE(8000 * align, 28);
  wav.writeUInt16LE(align, 32);
  wav.writeUInt16LE(bits, 34);
  wav.write("data", 36, "latin1");
  wav.writeUInt32LE(800 * align, 40);
  for (let at = 44; at < wav.length; at += align) {
    if (bits === 8) wav.writeUInt8(192, at);
    else if (bits === 16) wav.writeInt16LE(16384, at);
    else wav.writeInt32LE(1073741824, at);
  }
  return wav;
}

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

  it("does not follow play lists and scripts to other files", async () => {
    await writeClip(file("hidden.mp4"), sampleClip());
    writeFileSync(
      file("list.m3u8"),
      `#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n${file("hidden.mp4")}\n#EXT-X-ENDLIST\n`,
    );
    writeFileSync(file("script.ffconcat"), `ffconcat version 1.0\nfile ${file("hidden.mp4")}\n`);
    expect(await code("list.m3u8")).toBe("MEDIA_UNREADABLE");
    expect(await code("script.ffconcat")).toBe("MEDIA_UNREADABLE");
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
