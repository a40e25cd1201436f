import { describe, expect, it } from "vitest";
import type { Video } from "../clip.ts";
import { cropVideo, squareAround } from "./crop.ts";

/** Two frames of 4 × 3 pixels whose red counts pixels, and whose green is the frame. */
const video: Video = {
  width: 4,
  height: 3,
  frames: 2,
  fps: 8,
  data: Uint8Array.from({ length: 72 }, (_, i) =>
    i % 3 === 0 ? (i / 3) % 12 : i % 3 === 1 ? Math.floor(i / 36) : 9,
  ),
};
const reds = ({ data }: Video, frame: number, pixels: number): number[] =>
  [...data].filter((_, i) => i % 3 === 0).slice(frame * pixels, (frame + 1) * pixels);

describe("the square around a track", () => {
  const picture = { width: 200, height: 100 };

  it("covers the boxes of all looks", () => {
    const boxes = [
      { x: 60, y: 30, width: 20, height: 20 },
      { x: 90, y: 40, width: 20, height: 20 },
    ];
    expect(squareAround(boxes, picture)).toEqual({ x: 60, y: 20, side: 50 });
  });

  it("is moved into the picture as far as it fits", () => {
    const corner = [{ x: 180, y: -10, width: 40, height: 40 }];
    expect(squareAround(corner, picture)).toEqual({ x: 160, y: 0, side: 40 });
    const wide = [{ x: 20, y: 40, width: 140, height: 20 }];
    expect(squareAround(wide, picture)).toEqual({ x: 20, y: -20, side: 140 });
  });
});

describe("cutting a film", () => {
  it("takes the same square out of every frame", () => {
    const cut = cropVideo(video, { x: 1, y: 1, side: 2 });
    expect(cut).toMatchObject({ width: 2, height: 2, frames: 2, fps: 8 });
    expect([reds(cut, 0, 4), reds(cut, 1, 4)]).toEqual([
      [5, 6, 9, 10],
      [5, 6, 9, 10],
    ]);
    expect([...cut.data.slice(0, 3), ...cut.data.slice(12, 15)]).toEqual([5, 0, 9, 5, 1, 9]);
  });

  it("repeats the outermost pixels beyond the edge", () => {
    const cut = cropVideo(video, { x: -1, y: -1, side: 5 });
    expect(reds(cut, 0, 25)).toEqual([
      ...[0, 0, 1, 2, 3],
      ...[0, 0, 1, 2, 3],
      ...[4, 4, 5, 6, 7],
      ...[8, 8, 9, 10, 11],
      ...[8, 8, 9, 10, 11],
    ]);
    const right = cropVideo(video, { x: 2, y: 0, side: 3 });
    expect(reds(right, 0, 9)).toEqual([2, 3, 3, 6, 7, 7, 10, 11, 11]);
  });
});
