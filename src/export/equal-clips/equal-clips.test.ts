import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ClipRow } from "../../data/clip-row.ts";
import { type FakeClip, writeFakeClip } from "../../data/inspect/clips.fake.ts";
import { inspectClips } from "../../data/inspect/inspect.ts";
import { type Clip, readClip } from "../../media/index.ts";
import { makeEqual } from "./equal-clips.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "oppo-equal-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string): string => join(folder, name);

const seen: string[] = [];
const options = (name: string) => ({
  folder: file(name),
  seconds: 2,
  width: 64,
  height: 48,
  fps: 10,
  cache: null,
  workers: 0,
  progress: ({ step, done, total }: { step: string; done: number; total: number }) =>
    void seen.push(`${step} ${done}/${total}`),
});

async function row(id: string, fake: FakeClip, ending = "mp4"): Promise<ClipRow> {
  const video = file(`${id.replaceAll("/", "-")}.${ending}`);
  await writeFakeClip(video, fake);
  return { id, media: { video }, reference: "In the video, a smile.", labels: ["joy"] };
}

const brightness = ({ video }: Clip, frame: number, x: number, y: number): number =>
  video.data[((frame * video.height + y) * video.width + x) * 3]!;

describe("equal clips", () => {
  it("are equally long and large, whatever they were, and can be swapped", async () => {
    const rows = [
      await row("long", { seconds: 5, width: 128, height: 96, fps: 25, seed: 1 }),
      await row("short", { seconds: 1, fps: 8, seed: 2 }, "mkv"),
      await row("wide/100% 🎬", { seconds: 3, width: 128, height: 48, seed: 3 }, "webm"),
      await row("tall", { seconds: 2, width: 48, height: 96, seed: 4 }),
    ];
    const made = await makeEqual(rows, options("equal"));
    const clips = await Promise.all(made.rows.map(({ media }) => readClip(media.video!)));
    const shapes = clips.map(({ video, audio }) => [
      video.width,
      video.height,
      video.frames,
      video.fps,
      audio.samples.length,
    ]);
    expect(new Set(shapes.map(String)).size).toBe(1);
    expect(shapes[0]!.slice(0, 4)).toEqual([64, 48, 20, 10]);
    expect(shapes[0]![4]! / 16000).toBeCloseTo(2, 1);
    expect(made.notes).toEqual([
      "2 clips cut to 2 s: 4.0 s in all are gone, the longest had 5.0 s",
      "1 clip shorter: the last frame is held",
      "1 sound shorter: silence follows",
      "3 pictures scaled to 64x48, 2 of them with black bars",
    ]);
    const inspection = await inspectClips(made.rows, {
      media: true,
      cache: null,
      progress: () => {},
      shares: { test: 0.25, validation: 0 },
    });
    const swap = inspection.ways.find(({ way }) => way.id === "ms-swift-swap")!;
    expect(swap).toMatchObject({ clips: 4, refused: [] });
  });

  it("hold the last frame and go on in silence; bars are black", async () => {
    const made = await makeEqual(
      [await row("held", { seconds: 1, width: 64, height: 24 })],
      options("held"),
    );
    const clip = await readClip(made.rows[0]!.media.video!);
    const late = clip.audio.samples.subarray(1.3 * 16000, 1.9 * 16000);
    expect(late.every((value) => Math.abs(value) < 0.01)).toBe(true);
    const early = clip.audio.samples.subarray(0.3 * 16000, 0.7 * 16000);
    expect(early.some((value) => Math.abs(value) > 0.3)).toBe(true);
    for (const x of [4, 30, 60]) {
      expect(Math.abs(brightness(clip, 19, x, 24) - brightness(clip, 10, x, 24))).toBeLessThan(6);
    }
    expect(brightness(clip, 5, 30, 4)).toBeLessThan(10);
    expect(brightness(clip, 5, 30, 24)).toBeGreaterThan(60);
  });

  it("take the sound from its own file, and write one film", async () => {
    const one = await row("apart", { sound: "none" });
    await writeFakeClip(file("apart.wav"), { picture: "none" });
    const apart = { ...one, media: { ...one.media, audio: file("apart.wav") } };
    const { rows } = await makeEqual([apart], options("apart"));
    expect(rows[0]!.media).toEqual({ video: expect.stringMatching(/apart\/apart\..{8}\.mp4$/) });
    expect((await readClip(rows[0]!.media.video!)).audio.samples.length).toBeGreaterThan(31000);
  });

  it("are not written twice: a killed export goes on, another size is another file", async () => {
    const rows = [await row("a", { seed: 5 }), await row("b", { seed: 6 })];
    const { rows: made } = await makeEqual(rows, options("twice"));
    const before = made.map(({ media }) => readFileSync(media.video!));
    const times = made.map(({ media }) => statSync(media.video!).mtimeMs);
    rmSync(made[1]!.media.video!);
    seen.length = 0;
    await makeEqual(rows, options("twice"));
    expect(seen.filter((line) => line.startsWith("write"))).toEqual([
      "write clips 1/2",
      "write clips 2/2",
    ]);
    expect(made.map(({ media }) => readFileSync(media.video!))).toEqual(before);
    expect(statSync(made[0]!.media.video!).mtimeMs).toBe(times[0]);
    await makeEqual(rows, { ...options("twice"), seconds: 1 });
    expect(readdirSync(file("twice"))).toHaveLength(4);
  });

  it("leave out what can't be used, by name and reason; none at all is refused, and odd sides are", async () => {
    writeFileSync(file("empty.mp4"), "");
    const good = await row("good", {});
    const bad = [
      { ...good, id: "empty", media: { video: file("empty.mp4") } },
      await row("mute", { sound: "none" }),
    ];
    const { rows, notes } = await makeEqual([good, ...bad], options("bad"));
    expect(rows.map(({ id }) => id)).toEqual(["good"]);
    expect(notes[0]).toBe(
      "2 clips left out: 'empty' (media file has no bytes), 'mute' (no sound track)",
    );
    await expect(makeEqual(bad, options("bad"))).rejects.toThrow(/no clip can be used: 'empty'/);
    await expect(makeEqual([good], { ...options("bad"), width: 63 })).rejects.toThrow(/odd side/);
  });
});
