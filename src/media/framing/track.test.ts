import { describe, expect, it } from "vitest";
import type { Box } from "./detector.ts";
import { followFace } from "./track.ts";

const face = (x: number, y = 20, size = 40): Box => ({ x, y, width: size, height: size });
const still = Array.from({ length: 8 }, () => [face(30)]);
const withLook = (at: number, look: readonly Box[]) => still.with(at, [...look]);

describe("following a face", () => {
  it("gives a box for every look that shows it", () => {
    expect(followFace(still)).toEqual({ kind: "face", boxes: still.flat() });
    expect(followFace(withLook(3, []))).toEqual({ kind: "face", boxes: still.flat().slice(1) });
  });

  it("does not believe a face seen in less than half of the looks", () => {
    const seldom = still.map((look, index) => (index < 3 ? look : []));
    const why = "a face in only 3 of 8 frames looked at";
    expect(followFace(seldom)).toEqual({ kind: "none", why });
    expect(followFace(still.map(() => []))).toEqual({
      kind: "none",
      why: "no face in 8 frames looked at",
    });
    expect(followFace([])).toMatchObject({ kind: "none" });
  });

  it("takes a second face in one look of eight for a mistake, and keeps to the first", () => {
    expect(followFace(withLook(0, [face(150, 90), face(32)]))).toEqual({
      kind: "face",
      boxes: [face(32), ...still.flat().slice(1)],
    });
  });

  it("says how many faces there are where two stand in more looks", () => {
    const two = still.map((look, index) => (index < 2 ? [...look, face(150), face(90)] : look));
    expect(followFace(two)).toEqual({
      kind: "several",
      why: "up to 3 faces at once, in 2 of 8 frames looked at",
    });
  });

  it("drops a single misplaced box", () => {
    expect(followFace(withLook(4, [face(200)]))).toEqual({ kind: "face", boxes: still.flat() });
  });

  it("follows a face that walks, and refuses one that is suddenly elsewhere", () => {
    const walking = still.map((_, index) => [face(30 + 20 * index)]);
    expect(followFace(walking).kind).toBe("face");
    const cut = still.map((look, index) => (index < 4 ? look : [face(150)]));
    expect(followFace(cut)).toEqual({
      kind: "jumps",
      why: "the face jumps between frames looked at (4 and 5 of 8): a cut, or two people in turn",
    });
  });
});
