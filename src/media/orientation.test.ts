import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { orientationOf, oriented } from "./orientation.ts";
import { readClip } from "./read.ts";
import { writeClip } from "./write.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "oppo-orientation-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const [width, height] = [48, 32];

/** A dark film with one bright quarter, top left. */
async function writeFilm(path: string): Promise<void> {
  const frames = 2;
  const data = new Uint8Array(width * height * frames * 3);
  for (let pixel = 0; pixel < data.length / 3; pixel++) {
    const bright = pixel % width < 24 && Math.floor(pixel / width) % height < 16;
    data.fill(bright ? 230 : 20, pixel * 3, pixel * 3 + 3);
  }
  const samples = Float32Array.from({ length: 4000 }, (_, i) => 0.3 * Math.sin(i / 5));
  await writeClip(path, {
    video: { width, height, frames, fps: 8, data },
    audio: { sampleRateHz: 16000, samples },
  });
}

/** Writes the matrix (a, b, c, d) into the header of an mp4's first track, as a phone does. */
function mark(path: string, matrix: readonly number[]): void {
  const bytes = readFileSync(path);
  const start = bytes.indexOf("tkhd") + 44;
  [0, 1, 3, 4].forEach((at, index) => {
    bytes.writeInt32BE(matrix[index]! * 0x10000, start + 4 * at);
  });
  writeFileSync(path, bytes);
}

/** The quarter that is bright. */
function brightCorner({ width, height, data }: Awaited<ReturnType<typeof readClip>>["video"]) {
  const at = (x: number, y: number) =>
    data[3 * (Math.floor(y * height) * width + Math.floor(x * width))]!;
  const corners = {
    "top left": at(0.25, 0.25),
    "top right": at(0.75, 0.25),
    "bottom left": at(0.25, 0.75),
    "bottom right": at(0.75, 0.75),
  };
  return Object.entries(corners)
    .filter(([, value]) => value > 128)
    .map(([name]) => name)
    .join();
}

describe("orientation", () => {
  it.each([
    ["as stored", [1, 0, 0, 1], "48×32", "top left"],
    ["a quarter turn clockwise", [0, 1, -1, 0], "32×48", "top right"],
    ["upside down", [-1, 0, 0, -1], "48×32", "bottom right"],
    ["a quarter turn anticlockwise", [0, -1, 1, 0], "32×48", "bottom left"],
    ["mirrored", [-1, 0, 0, 1], "48×32", "top right"],
    ["transposed", [0, 1, 1, 0], "32×48", "top left"],
  ])("shows a film %s as its container says", async (_, matrix, size, corner) => {
    const path = join(folder, "film.mp4");
    await writeFilm(path);
    mark(path, matrix);
    const { video } = await readClip(path, { needAudio: false });
    expect([`${video.width}×${video.height}`, brightCorner(video)]).toEqual([size, corner]);
    const small = await readClip(path, { needAudio: false, width: 6, height: 9 });
    expect([small.video.width, small.video.height]).toEqual([6, 9]);
    expect(brightCorner(small.video)).toBe(corner);
  });

  it("moves every pixel to its place", () => {
    const picture = { width: 3, height: 1, data: Uint8Array.from([1, 1, 1, 2, 2, 2, 3, 3, 3]) };
    expect(oriented(picture, { a: 0, b: -1, c: 1, d: 0 })).toEqual({
      width: 1,
      height: 3,
      data: Uint8Array.from([3, 3, 3, 2, 2, 2, 1, 1, 1]),
    });
  });

  it("leaves pictures alone without a mark that means something", () => {
    expect(orientationOf(null)).toBeNull();
    expect(orientationOf(Buffer.alloc(36))).toBeNull();
    expect(orientationOf(Buffer.alloc(4))).toBeNull();
  });
});
