import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeAvi } from "../../media/avi.fixture.ts";
import type { Clip } from "../../media/clip.ts";
import { writePlain } from "../../media/film.fixture.ts";
import { readClip } from "../../media/read.ts";
import { openMedia } from "../../media/source.ts";
import { writeClip } from "../../media/write.ts";
import type { MaskRequest } from "./mask-clip.ts";
import { openMaskStore } from "./mask-store.ts";

let folder: string;
let cache: string;
let own: string;
let donor: string;

/** A bright picture with a moving bar, and a tone. */
function clip(hz: number, level: number, seconds = 2): Clip {
  const [width, height, fps] = [64, 48, 8];
  const frames = seconds * fps;
  const data = new Uint8Array(width * height * frames * 3);
  for (let pixel = 0; pixel < data.length / 3; pixel++) {
    const bar = pixel % width === Math.floor(pixel / (width * height)) % width;
    data.fill(bar ? 250 : level, pixel * 3, pixel * 3 + 3);
  }
  const samples = Float32Array.from(
    { length: seconds * 16000 },
    (_, i) => 0.4 * Math.sin((2 * Math.PI * hz * i) / 16000),
  );
  return { video: { width, height, frames, fps, data }, audio: { sampleRateHz: 16000, samples } };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "oppo-mask-test-"));
  cache = join(folder, "masked");
  own = join(folder, "own.mp4");
  donor = join(folder, "donor.mp4");
  await writeClip(own, clip(440, 120));
  await writeClip(donor, clip(1000, 200, 3));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const mask = (request: Partial<MaskRequest>) =>
  openMaskStore(cache).masked({ file: own, video: "own", audio: "own", seed: "1", ...request });
const read = (file: string) => readClip(file, { allowSilent: true });

/** Encoded packets of a track: what stays the same when a stream is copied. */
function packets(file: string, kind: "video" | "audio"): string[] {
  using source = openMedia(file);
  const { index, timeBase } = source[kind]!.stream;
  const found: string[] = [];
  for (const packet of source.packets()) {
    if (packet.streamIndex !== index) continue;
    const time = (Number(packet.pts) * timeBase.num) / timeBase.den;
    found.push(`${time.toFixed(4)} ${packet.data!.toString("base64")}`);
  }
  return found;
}

const loudness = ({ audio }: Clip) =>
  Math.sqrt(audio.samples.reduce((sum, value) => sum + value ** 2, 0) / audio.samples.length);
const brightest = ({ video }: Clip) => video.data.reduce((most, value) => Math.max(most, value), 0);

describe("masked files", () => {
  it("black video is black for as long as before, and the sound is copied bit for bit", async () => {
    const file = await mask({ video: "blank" });
    const [before, after] = [await read(own), await read(file)];
    expect(brightest(before)).toBeGreaterThan(200);
    expect(brightest(after)).toBeLessThan(8);
    expect(after.video).toMatchObject({ width: 64, height: 48, frames: 16, fps: 8 });
    expect(packets(file, "audio")).toEqual(packets(own, "audio"));
  });

  it("silent audio is silent, and the picture is copied bit for bit", async () => {
    const file = await mask({ audio: "blank" });
    const [before, after] = [await read(own), await read(file)];
    expect(loudness(before)).toBeGreaterThan(0.2);
    expect(after.audio.samples.every((value) => Math.abs(value) < 1e-4)).toBe(true);
    expect(Math.abs(after.audio.samples.length / before.audio.samples.length - 1)).toBeLessThan(
      0.1,
    );
    expect(packets(file, "video")).toEqual(packets(own, "video"));
    await expect(readClip(file)).rejects.toThrow("only silence");
  });

  it("noise shows nothing of the picture and keeps the loudness of the sound", async () => {
    const [before, video, audio] = [
      await read(own),
      await read(await mask({ video: "noise" })),
      await read(await mask({ audio: "noise" })),
    ];
    const frames = 3 * 64 * 48;
    const first = video.video.data.subarray(0, frames);
    const spread = first.reduce((sum, value) => sum + (value - 128) ** 2, 0) / frames;
    expect(Math.sqrt(spread)).toBeGreaterThan(40);
    expect(loudness(audio) / loudness(before)).toBeGreaterThan(0.7);
    expect(loudness(audio) / loudness(before)).toBeLessThan(1.3);
  });

  it("swap takes the donor's stream, cut to the clip, and drop leaves no track", async () => {
    const swapped = await mask({ audio: "swap", donors: { audio: donor } });
    expect(packets(swapped, "video")).toEqual(packets(own, "video"));
    const donated = packets(donor, "audio");
    const kept = packets(swapped, "audio");
    expect(kept).toEqual(donated.slice(0, kept.length));
    expect(kept.length).toBeLessThan(donated.length);
    const mute = await mask({ audio: "drop" });
    await expect(read(mute)).rejects.toThrow("no audio track");
    expect(packets(mute, "video")).toEqual(packets(own, "video"));
    const blind = await heard(await mask({ video: "drop" }));
    expect(loudness(blind)).toBeGreaterThan(0.2);
  });

  it("takes avi files too", async () => {
    const avi = join(folder, "own.avi");
    await writeAvi(avi, clip(440, 120));
    const file = await mask({ file: avi, audio: "blank" });
    const after = await read(file);
    expect(loudness(after)).toBeLessThan(1e-4);
    expect(after.video).toMatchObject({ width: 64, height: 48, frames: 16 });
    expect(brightest(after)).toBeGreaterThan(200);
    const dark = await read(await mask({ file: avi, video: "blank" }));
    expect(brightest(dark)).toBeLessThan(8);
    expect(loudness(dark)).toBeGreaterThan(0.2);
  });

  it("is made once, named by content, and gives back the clip itself where nothing is masked", async () => {
    const file = await mask({ video: "blank" });
    const written = statSync(file).mtimeMs;
    const copy = join(folder, "copy.mp4");
    writeFileSync(copy, readFileSync(own));
    expect(await mask({ file: copy, video: "blank" })).toBe(file);
    expect(statSync(file).mtimeMs).toBe(written);
    expect(await mask({ video: "noise", seed: "1" })).not.toBe(
      await mask({ video: "noise", seed: "2" }),
    );
    expect(await mask({})).toBe(own);
    expect(readdirSync(cache).every((name) => /^[0-9a-f]{32}\.mp4$/.test(name))).toBe(true);
  });

  it("refuses damaged clips, missing ones, and streams that are not there", async () => {
    const cut = join(folder, "cut.mp4");
    writeFileSync(cut, readFileSync(own).subarray(0, 3000));
    await expect(mask({ file: cut, video: "blank" })).rejects.toThrow("cut.mp4");
    await expect(mask({ file: join(folder, "no.mp4"), audio: "blank" })).rejects.toThrow("no such");
    await expect(mask({ video: "swap" })).rejects.toThrow("take the video from");
    const silentMovie = join(folder, "silent.mp4");
    await writeClip(silentMovie, {
      ...clip(440, 90),
      audio: { sampleRateHz: 16000, samples: new Float32Array(0) },
    });
    await expect(mask({ file: silentMovie, audio: "blank" })).rejects.toThrow("no audio track");
    await expect(mask({ video: "drop", audio: "drop" })).rejects.toThrow("no stream");
  });
});

const heard = (file: string) => readClip(file, { needVideo: false });

describe("masks of clips whose tracks do not begin at zero", () => {
  const rateHz = 16_000;
  /** A film of four seconds and a sound from its second to its third, counted from `startSec`. */
  const placed = (name: string, startSec: number): string => {
    const path = join(folder, name);
    const timesMs = Array.from({ length: 40 }, (_, i) => 1000 * startSec + 100 * i);
    const blocks = Array.from({ length: 10 }, (_, i) => ({
      timeMs: 1000 * (startSec + 1) + 100 * i,
      channels: [new Float32Array(1600).fill(0.5)],
    }));
    writePlain(path, "matroska", {
      film: { timesMs, colour: () => [120, 128, 128], options: { bf: "0" } },
      sound: { rateHz, blocks },
    });
    return path;
  };
  const onset = (samples: Float32Array) => samples.findIndex((value) => value > 0.2) / rateHz;

  it("leave a kept sound where it was beside a made picture, and the other way round", async () => {
    const file = placed("piece.mkv", 20);
    const black = await read(await mask({ file, video: "blank" }));
    expect(black.video).toMatchObject({ frames: 40, fps: 10 });
    expect(onset(black.audio.samples)).toBeCloseTo(1, 2);
    const silent = await read(await mask({ file, audio: "blank" }));
    expect(silent.video).toMatchObject({ frames: 40, fps: 10 });
    expect(silent.audio.samples.length / rateHz).toBeGreaterThan(1.99);
  });

  it("put a sound that was swapped in where it is in its own film", async () => {
    const other = placed("other.mkv", 50);
    const swapped = await read(await mask({ audio: "swap", donors: { audio: other } }));
    expect(onset(swapped.audio.samples)).toBeCloseTo(1, 2);
  });
});
