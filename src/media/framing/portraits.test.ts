import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { film, type Place, portraits } from "../../../test/fakes/portraits.ts";
import { needs } from "../../../test/needs.ts";
import type { Video } from "../clip.ts";
import { readClip } from "../read.ts";
import { writeClip } from "../write.ts";
import { frameVideo } from "./frame-video.ts";
import { openFaceDetector } from "./human.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "oppo-faces-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Written, read back and framed, as a clip of a user's is. */
async function framedFile(video: Video, name: string) {
  const path = join(folder, `${name}.mp4`);
  const samples = Float32Array.from({ length: 32000 }, (_, i) => Math.sin(i / 9) / 3);
  await writeClip(path, { video, audio: { sampleRateHz: 16000, samples } });
  const read = await readClip(path, { needAudio: false });
  return frameVideo(read.video, await openFaceDetector(), "whole", path);
}

type Move = readonly [size: readonly [number, number], at: (frame: number) => Place];
const moves: Readonly<Record<string, Move>> = {
  "across a wide picture": [[320, 180], (k) => ({ x: 60 + 6 * k, y: 50, side: 80 })],
  "up a portrait picture": [[180, 320], (k) => ({ x: 50, y: 200 - 6 * k, side: 70 })],
  "towards the camera": [[320, 240], (k) => ({ x: 110 - 2 * k, y: 80 - 2 * k, side: 60 + 4 * k })],
};

describe.skipIf(!needs.faceDetector.met)(`photographed faces ${needs.faceDetector.title}`, () => {
  for (const [how, [size, at]] of Object.entries(moves)) {
    it(`are kept in one square while they move ${how}`, async () => {
      const [face] = portraits();
      const video = film(size, (k) => [[face, at(k)]]);
      const { framing, video: cut } = await framedFile(video, how);
      if (framing.kind !== "face") throw new Error(framing.why);
      const { x, y, side } = framing.square;
      for (const k of [0, 15]) {
        const place = at(k);
        // The portraits have a rim of hair and background, which may be cut off.
        const rim = 0.15 * place.side;
        expect(place.x + rim).toBeGreaterThan(x);
        expect(place.y + rim).toBeGreaterThan(y);
        expect(place.x + place.side - rim).toBeLessThan(x + side);
        expect(place.y + place.side - rim).toBeLessThan(y + side);
      }
      expect(side).toBeLessThan(2.4 * at(8).side);
      expect(cut).toMatchObject({ width: side, height: side, frames: 16 });
    });
  }

  it("are not guessed at in films with two of them, with none, or with a cut", async () => {
    const [one, other] = portraits();
    const left = [one, { x: 20, y: 40, side: 90 }] as const;
    const right = [other, { x: 200, y: 50, side: 90 }] as const;
    const kind = async (name: string, places: Parameters<typeof film>[1]) =>
      (await framedFile(film([320, 180], places), name)).framing.kind;
    expect(await kind("two", () => [left, right])).toBe("several");
    expect(await kind("grey", () => [])).toBe("none");
    expect(await kind("cut", (k) => [k < 8 ? left : right])).toBe("jumps");
  });

  it("are found in the same boxes again", async () => {
    const detector = await openFaceDetector();
    const picture = film([240, 240], () => [[portraits()[0], { x: 60, y: 70, side: 100 }]]);
    const one = { ...picture, data: picture.data.subarray(0, 240 * 240 * 3) };
    const first = await detector.find(one);
    expect(first).toHaveLength(1);
    expect(await detector.find(one)).toEqual(first);
  });
});
