import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ChatPart } from "../../endpoint/port.ts";
import type { Clip } from "../../media/clip.ts";
import { writeClip } from "../../media/write.ts";
import { defaultClipParts, openClipParts } from "./clip-parts.ts";

let folder: string;
const at = (name: string) => join(folder, name);

/** Five seconds; each second a little brighter, so that pictures differ. */
function film(sound: boolean): Clip {
  const [width, height, fps, seconds] = [32, 24, 4, 5];
  const pixels = width * height * 3;
  const data = new Uint8Array(pixels * fps * seconds);
  data.forEach((_, i) => {
    data[i] = 40 * Math.floor(i / (pixels * fps)) + 20;
  });
  const samples = sound
    ? Float32Array.from({ length: 16_000 * seconds }, (_, i) => 0.3 * Math.sin(i / 7))
    : new Float32Array(0);
  return {
    video: { width, height, frames: fps * seconds, fps, data },
    audio: { sampleRateHz: 16_000, samples },
  };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "oppo-parts-"));
  await writeClip(at("clip.mp4"), film(true));
  await writeClip(at("mute.mp4"), film(false));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const kinds = (parts: readonly ChatPart[]) => parts.map(({ kind }) => kind).join(" ");
const both = (name: string) => ({ video: at(name), audio: at(name) });

describe("clips as message parts", () => {
  it("are one picture a second and the sound; only what is to be given", async () => {
    const clips = openClipParts();
    expect(kinds(await clips.partsOf(both("clip.mp4")))).toBe(
      "image image image image image audio",
    );
    expect(kinds(await clips.partsOf({ audio: at("clip.mp4") }))).toBe("audio");
    expect(await clips.partsOf({})).toEqual([]);
  });

  it("are spread over the clip, or its first ones", async () => {
    const all = await openClipParts().partsOf({ video: at("clip.mp4") });
    const chosen = async (pick: "even" | "first") => {
      const clips = openClipParts({ ...defaultClipParts, maxFrames: 2, pick });
      const parts = await clips.partsOf({ video: at("clip.mp4") });
      return parts.map((part) => all.findIndex((one) => sameBytes(one, part)));
    };
    expect(await chosen("even")).toEqual([1, 3]);
    expect(await chosen("first")).toEqual([0, 1]);
  });

  it("are made once", async () => {
    const clips = openClipParts();
    const [first] = await clips.partsOf({ video: at("clip.mp4") });
    const [again] = await clips.partsOf({ video: at("clip.mp4") });
    expect(again).toBe(first);
  });

  it("go without sound where a file has none, and it is remembered", async () => {
    const clips = openClipParts();
    expect(kinds(await clips.partsOf(both("mute.mp4")))).not.toContain("audio");
    expect([...clips.mute]).toEqual([at("mute.mp4")]);
  });

  it("are whole files where asked, but never with sound that is not to be heard", async () => {
    const clips = openClipParts({ ...defaultClipParts, as: "video" });
    expect(kinds(await clips.partsOf(both("clip.mp4")))).toBe("video audio");
    expect(kinds(await clips.partsOf({ video: at("mute.mp4") }))).toBe("video");
    await expect(clips.partsOf({ video: at("clip.mp4") })).rejects.toMatchObject({
      code: "VIDEO_CARRIES_SOUND",
    });
    await expect(clips.partsOf({ video: at("gone.mp4") })).rejects.toMatchObject({
      code: "MEDIA_MISSING",
    });
  });
});

const sameBytes = (a: ChatPart, b: ChatPart): boolean =>
  "bytes" in a && "bytes" in b && Buffer.compare(a.bytes, b.bytes) === 0;
