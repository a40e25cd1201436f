import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AV_CODEC_ID_AAC,
  AV_CODEC_ID_H264,
  AV_PIX_FMT_YUV420P,
  AV_PROFILE_H264_BASELINE,
  AV_PROFILE_H264_CONSTRAINED,
} from "node-av";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Clip } from "./clip.ts";
import { openMedia } from "./source.ts";
import { writeClip } from "./write.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "oppo-formats-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function clipOf(side: number, fps = 8): Clip {
  const frames = 4;
  const data = new Uint8Array(side * side * frames * 3).map((_, i) => (i * 31) % 251);
  const samples = Float32Array.from({ length: 8000 }, (_, i) => 0.3 * Math.sin(i / 5));
  return {
    video: { width: side, height: side, frames, fps, data },
    audio: { sampleRateHz: 16000, samples },
  };
}

describe("written mp4 files", () => {
  it("are what every browser plays: 4:2:0 baseline H.264 and AAC, index first", async () => {
    const path = join(folder, "clip.mp4");
    await writeClip(path, clipOf(32));
    using source = openMedia(path);
    const { codecId, format, profile } = source.video!.stream.codecpar;
    expect({ codecId, format, profile }).toEqual({
      codecId: AV_CODEC_ID_H264,
      format: AV_PIX_FMT_YUV420P,
      profile: AV_PROFILE_H264_BASELINE | AV_PROFILE_H264_CONSTRAINED,
    });
    expect(source.audio!.stream.codecpar.codecId).toBe(AV_CODEC_ID_AAC);
    const bytes = readFileSync(path);
    expect(bytes.indexOf("moov")).toBeLessThan(bytes.indexOf("mdat"));
  });

  it("keep their bytes when more sizes are written than encoders stay open for", async () => {
    const path = join(folder, "again.mp4");
    const write = async (side: number, fps: number) => {
      await writeClip(path, clipOf(side, fps));
      return readFileSync(path);
    };
    const first = await write(32, 8);
    for (let fps = 9; fps < 16; fps++) await write(34, fps);
    expect((await write(32, 8)).equals(first)).toBe(true);
  });

  it("are refused with odd sides, by size", async () => {
    await expect(writeClip(join(folder, "odd.mp4"), clipOf(33))).rejects.toMatchObject({
      code: "MEDIA_WRITE",
      message: expect.stringMatching(/33×33/),
    });
  });
});
