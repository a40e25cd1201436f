import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decomposeReference } from "../../src/cues/decompose.ts";
import { readClip } from "../../src/media/read.ts";
import { drawForeignClips, type ForeignClips } from "./draw.ts";
import { toHalf } from "./npy.ts";

let folder: string;
let drawn: ForeignClips;
let separate: ForeignClips;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "oppo-foreign-"));
  drawn = await drawForeignClips(join(folder, "films"), { clips: 10, seconds: 1, bad: true });
  separate = await drawForeignClips(join(folder, "apart"), {
    clips: 4,
    seconds: 1,
    separate: true,
    features: true,
    bad: true,
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const onDisk = ({ videos }: ForeignClips, listed: string): string => {
  const same = (name: string) => name.normalize("NFC") === listed.normalize("NFC");
  return join(videos, readdirSync(videos).find(same)!);
};
const brokenCount = 6;
const codeOf = (path: string): Promise<string> =>
  readClip(path).then(
    () => "readable",
    (error) => error.code,
  );

describe("foreign clips", () => {
  it("lie in five containers, of several sizes, and every one can be read", async () => {
    const clips = drawn.rows.slice(0, -brokenCount);
    const endings = new Set(clips.map(({ filename }) => extname(filename)));
    expect([...endings].sort()).toEqual([".avi", ".mkv", ".mov", ".mp4", ".webm"]);
    const sizes = new Set<string>();
    for (const { filename } of clips) {
      const { video, audio } = await readClip(onDisk(drawn, filename));
      sizes.add(`${video.width}×${video.height}`);
      expect(video.frames / video.fps).toBeCloseTo(1, 0);
      expect(audio.samples.length / audio.sampleRateHz).toBeGreaterThan(0.9);
    }
    expect(sizes.size).toBeGreaterThan(2);
  });

  it("are listed in a table that a csv reader takes back, and carry no truth", () => {
    expect(parse(readFileSync(drawn.table), { columns: true })).toEqual(drawn.rows);
    expect(readdirSync(join(folder, "films")).sort()).toEqual(["references.csv", "videos"]);
  });

  it("have spaces, percent signs, emoji, and names that the table spells in another Unicode form", () => {
    const names = drawn.rows.map(({ filename }) => filename);
    for (const pattern of [/ /, /%/, /\p{Extended_Pictographic}/u, /,/]) {
      expect(names.some((name) => pattern.test(name))).toBe(true);
    }
    const files = readdirSync(drawn.videos);
    expect(names.filter((name) => !files.includes(name)).length).toBeGreaterThan(0);
  });

  it("are described by what is seen, by what is heard, or by both", () => {
    const modalities = drawn.rows.slice(0, 10).map(({ description }) => {
      const named = new Set(decomposeReference(description).cues.map((cue) => cue.modality));
      named.delete("emotion");
      return [...named].sort().join("+");
    });
    expect(new Set(modalities)).toEqual(new Set(["visual", "acoustic", "acoustic+visual"]));
  });

  it("are the same bytes for the same seed, others for another", async () => {
    const bytes = async (name: string, seed: number) => {
      const out = await drawForeignClips(join(folder, name), { clips: 5, seconds: 0.5, seed });
      return [out.table, ...readdirSync(out.videos).map((file) => join(out.videos, file))].map(
        (file) => readFileSync(file).toString("base64"),
      );
    };
    const first = await bytes("one", 3);
    expect(await bytes("two", 3)).toEqual(first);
    expect(await bytes("three", 4)).not.toEqual(first);
  });

  it("do not overwrite what lies in a folder", async () => {
    const mine = mkdtempSync(join(folder, "mine-"));
    writeFileSync(join(mine, "references.csv"), "mine");
    await expect(drawForeignClips(mine, { clips: 1 })).rejects.toMatchObject({
      code: "FOLDER_NOT_EMPTY",
    });
    expect(readFileSync(join(mine, "references.csv"), "utf8")).toBe("mine");
  });
});

describe("broken clips", () => {
  it("fail as their names say; a black one can be read", async () => {
    const broken = drawn.rows.slice(-brokenCount).map(({ filename }) => filename);
    const codes = Object.fromEntries(
      await Promise.all(
        broken.map(async (name) => [name, await codeOf(join(drawn.videos, name))] as const),
      ),
    );
    expect(codes).toEqual({
      "zero bytes.mp4": "MEDIA_EMPTY",
      "no sound track.mp4": "MEDIA_NO_AUDIO",
      "silent.mp4": "MEDIA_SILENT_AUDIO",
      "black.mp4": "readable",
      "truncated.mp4": "MEDIA_UNREADABLE",
      "x.mp4": "MEDIA_MISSING",
    });
  });
});

describe("picture and sound apart", () => {
  it("are a film without sound and a wav of the same name", async () => {
    const { filename } = separate.rows[2]!;
    const film = onDisk(separate, filename);
    await expect(readClip(film)).rejects.toMatchObject({ code: "MEDIA_NO_AUDIO" });
    const stem = film.slice(separate.videos.length + 1, -extname(film).length);
    const { audio } = await readClip(join(separate.sounds!, `${stem}.wav`), { needVideo: false });
    expect(audio.samples.length).toBeGreaterThan(10_000);
    expect(readdirSync(separate.sounds!)).not.toContain("no sound track.wav");
  });

  it("have features of as many rows as they have frames", async () => {
    const { filename } = separate.rows[0]!;
    const film = onDisk(separate, filename);
    const { video } = await readClip(film, { needAudio: false });
    const stem = film.slice(separate.videos.length + 1, -extname(film).length);
    const npy = readFileSync(join(separate.features!.video, `${stem}.npy`));
    const header = npy.toString("latin1", 10, 10 + npy.readUInt16LE(8));
    expect(header).toContain(
      `'descr': '<f4', 'fortran_order': False, 'shape': (${video.frames}, 144)`,
    );
    expect((10 + header.length) % 64).toBe(0);
    expect(npy.length).toBe(10 + header.length + video.frames * 144 * 4);
    const audio = readFileSync(join(separate.features!.audio, `${stem}.npy`));
    expect(audio.toString("latin1", 10, 80)).toMatch(/'<f2'.*\(\d+, 40\)/);
  });
});

describe("half precision", () => {
  it("has the bits that numpy writes", () => {
    const values = [0, -0, 1, -2, 0.1, 65504, 1e6, 2 ** -24, 6e-5, 2049, Number.NaN, -Infinity];
    expect(values.map(toHalf)).toEqual([
      0x0000, 0x8000, 0x3c00, 0xc000, 0x2e66, 0x7bff, 0x7c00, 0x0001, 0x03ef, 0x6800, 0x7e00,
      0xfc00,
    ]);
  });
});
