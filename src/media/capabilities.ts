import "../core/globals.ts";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InputFormat } from "node-av";
import type { Clip } from "./clip.ts";
import { readClip } from "./read.ts";
import { writeClip } from "./write.ts";

/** One thing this machine can or cannot do with media, and what to do about it. */
export interface MediaCapability {
  name: string;
  ok: boolean;
  detail: string;
  /** Empty where all is well. */
  cure: string;
}

const cure =
  "run `npm ci` again so that node-av installs its package for this platform (Linux, macOS and Windows on x64 or arm64)";

/** Writes and reads back a tiny clip in every container: what works is known only by doing it. */
export async function mediaCapabilities(): Promise<MediaCapability[]> {
  const folder = mkdtempSync(join(tmpdir(), "oppo-media-"));
  try {
    const found: MediaCapability[] = [];
    for (const extension of ["mp4", "webm", "mkv", "wav"]) {
      found.push(await tryContainer(extension, join(folder, `probe.${extension}`)));
    }
    const avi = InputFormat.findInputFormat("avi") !== null;
    const detail = avi ? "read only" : "FFmpeg's avi demuxer is missing";
    return [...found, { name: "media avi", ok: avi, detail, cure: avi ? "" : cure }];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function tryContainer(extension: string, path: string): Promise<MediaCapability> {
  const name = `media ${extension}`;
  const needVideo = extension !== "wav";
  try {
    await writeClip(path, probeClip());
    const clip = await readClip(path, { needVideo });
    const seconds = (clip.audio.samples.length / clip.audio.sampleRateHz).toFixed(1);
    const frames = needVideo ? `${clip.video.frames} frames and ` : "";
    return { name, ok: true, detail: `wrote and read ${frames}${seconds} s of sound`, cure: "" };
  } catch (error) {
    return { name, ok: false, detail: String(error), cure };
  }
}

/** Half a second of a moving edge and a 440 Hz tone. */
function probeClip(): Clip {
  const [width, height, frames] = [32, 32, 4];
  const data = new Uint8Array(width * height * frames * 3);
  for (let i = 0; i < data.length; i += 3) {
    const pixel = i / 3;
    const bright = pixel % width > 8 * Math.floor(pixel / (width * height));
    data.fill(bright ? 220 : 30, i, i + 3);
  }
  const samples = Float32Array.from({ length: 8000 }, (_, i) => 0.3 * Math.sin(0.1728 * i));
  return {
    video: { width, height, frames, fps: 8, data },
    audio: { sampleRateHz: 16000, samples },
  };
}
