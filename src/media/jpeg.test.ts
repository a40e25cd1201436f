import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Codec, CodecContext, FF_DECODER_MJPEG, Frame, Packet } from "node-av";
import { expect, it } from "vitest";
import type { Video } from "./clip.ts";
import { encodeJpegs, fittedSize } from "./jpeg.ts";
import { readClip } from "./read.ts";
import { encodeWav } from "./wav.ts";

/** Two frames: red above blue, then all green. */
function colours(width: number, height: number): Video {
  const data = new Uint8Array(width * height * 3 * 2);
  for (let i = 0; i < width * height; i++) {
    data[3 * i + (i < (width * height) / 2 ? 0 : 2)] = 255;
    data[3 * (width * height + i) + 1] = 255;
  }
  return { width, height, frames: 2, fps: 1, data };
}

const sizeOf = (jpeg: Uint8Array): number[] => {
  const bytes = Buffer.from(jpeg);
  const at = bytes.indexOf(Buffer.from([0xff, 0xc0]));
  return [bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5)];
};

it("fits pictures into the longer side and never enlarges", () => {
  expect(fittedSize({ width: 1920, height: 1080 }, 512)).toEqual({ width: 512, height: 288 });
  expect(fittedSize({ width: 64, height: 48 }, 512)).toEqual({ width: 64, height: 48 });
});

it("encodes whole JPEGs whose pixels are the frames'", () => {
  const video = colours(64, 48);
  const jpegs = encodeJpegs(video, { maxSide: 32, quantiser: 2 });
  expect(jpegs).toHaveLength(2);
  expect(jpegs.map(sizeOf)).toEqual([
    [32, 24],
    [32, 24],
  ]);
  for (const jpeg of jpegs) {
    expect([...jpeg.slice(0, 2), ...jpeg.slice(-2)]).toEqual([0xff, 0xd8, 0xff, 0xd9]);
  }
  const [upper, lower] = [luma(jpegs[0]!, 32, 16, 4), luma(jpegs[0]!, 32, 16, 20)];
  expect(Math.abs(upper - 76)).toBeLessThan(4);
  expect(Math.abs(lower - 29)).toBeLessThan(4);
  expect(Math.abs(luma(jpegs[1]!, 32, 16, 12) - 150)).toBeLessThan(4);
  expect(encodeJpegs(video, { maxSide: 32, quantiser: 2 })).toEqual(jpegs);
});

/** Brightness of one pixel as FFmpeg decodes it: 0.299 R + 0.587 G + 0.114 B. */
function luma(jpeg: Uint8Array, width: number, x: number, y: number): number {
  using context = new CodecContext();
  context.allocContext3(Codec.findDecoderByName(FF_DECODER_MJPEG)!);
  context.open2Sync();
  using packet = new Packet();
  packet.alloc();
  packet.data = Buffer.from(jpeg);
  using frame = new Frame();
  frame.alloc();
  expect(context.sendPacketSync(packet)).toBe(0);
  context.sendPacketSync(null);
  expect(context.receiveFrameSync(frame)).toBe(0);
  return frame.toBuffer()[y * width + x]!;
}

it("writes WAV files that read back as the samples", async () => {
  const folder = mkdtempSync(join(tmpdir(), "oppo-wav-"));
  try {
    const samples = Float32Array.from({ length: 1600 }, (_, i) => 0.5 * Math.sin(i / 9));
    const file = join(folder, "tone.wav");
    writeFileSync(file, encodeWav({ samples, sampleRateHz: 16_000 }));
    const { audio } = await readClip(file, { needVideo: false });
    expect(audio.samples).toHaveLength(1600);
    const worst = Math.max(...audio.samples.map((value, i) => Math.abs(value - samples[i]!)));
    expect(worst).toBeLessThan(1e-4);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
