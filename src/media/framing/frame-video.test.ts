import { describe, expect, it } from "vitest";
import type { Video } from "../clip.ts";
import type { Box, FaceDetector } from "./detector.ts";
import { frameVideo } from "./frame-video.ts";

const [width, height, frames, fps] = [64, 48, 20, 10];
/** Every frame filled with its own number. */
const video: Video = {
  width,
  height,
  frames,
  fps,
  data: Uint8Array.from({ length: frames * width * height * 3 }, (_, i) =>
    Math.floor(i / (width * height * 3)),
  ),
};

/** A detector that says what `faces` says of a frame, and notes which frames it saw. */
function detector(faces: (frame: number) => Box[]): FaceDetector & { seen: number[] } {
  const seen: number[] = [];
  return {
    seen,
    find: async ({ data }) => {
      seen.push(data[0]!);
      return faces(data[0]!);
    },
  };
}
const walking = (frame: number): Box[] => [{ x: 10 + frame, y: 12, width: 16, height: 16 }];

describe("framing a film", () => {
  it("cuts one square that holds the face from the first frame to the last", async () => {
    const looked = detector(walking);
    const framed = await frameVideo(video, looked, "refuse", "a.mp4");
    expect(looked.seen).toEqual([0, 3, 5, 8, 11, 14, 16, 19]);
    expect(framed.framing).toEqual({ kind: "face", square: { x: 10, y: 3, side: 35 } });
    expect(framed.video).toMatchObject({ width: 35, height: 35, frames, fps });
  });

  it("looks twice a second at long films, at most forty times, and at every frame of short ones", async () => {
    const count = async (film: Video) => {
      const looked = detector(walking);
      await frameVideo(film, looked, "whole", "a.mp4");
      return looked.seen.length;
    };
    expect(await count({ ...video, fps: 1 })).toBe(20);
    expect(await count({ ...video, fps: 2 })).toBe(20);
    expect(await count({ ...video, frames: 3 })).toBe(3);
    expect(await count({ ...video, fps: 2, frames: 14 })).toBe(14);
  });

  it("refuses a film without one face by name, or leaves it whole with the reason", async () => {
    const nobody = detector(() => []);
    await expect(frameVideo(video, nobody, "refuse", "clips/a.mp4")).rejects.toMatchObject({
      code: "FACE_NONE",
      message: expect.stringMatching(/^clips\/a\.mp4: no face in 8 frames.*faceMissing: whole/),
    });
    expect(await frameVideo(video, nobody, "whole", "a.mp4")).toEqual({
      video,
      framing: { kind: "none", why: "no face in 8 frames looked at" },
    });
    const two = detector((frame) => [...walking(frame), { x: 40, y: 5, width: 16, height: 16 }]);
    await expect(frameVideo(video, two, "refuse", "a.mp4")).rejects.toMatchObject({
      code: "FACE_SEVERAL",
    });
    const cut = detector((frame) => walking(frame < 10 ? 0 : 30));
    await expect(frameVideo(video, cut, "refuse", "a.mp4")).rejects.toMatchObject({
      code: "FACE_JUMPS",
    });
  });
});
