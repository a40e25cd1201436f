import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import {
  AV_PIX_FMT_RGB24,
  type AVPixelFormat,
  Codec,
  CodecContext,
  FF_DECODER_MJPEG,
  Frame,
  Packet,
  SoftwareScaleContext,
  SWS_BILINEAR,
} from "node-av";
import type { Video } from "../../src/media/clip.ts";
import type { Picture } from "../../src/media/orientation.ts";
import { resizeImage } from "../../src/media/scale.ts";

/** Two photographs of faces, 102 × 96 pixels, from a picture that the detector's package ships. */
export function portraits(): [Picture, Picture] {
  const home = dirname(createRequire(import.meta.url).resolve("@vladmandic/human"));
  const sheet = decodeJpeg(readFileSync(join(home, "../assets/screenshot-facematch.jpg")));
  return [part(sheet, 2), part(sheet, 322)];
}

function part({ width, data }: Picture, x: number): Picture {
  const rows = Array.from({ length: 96 }, (_, row) => {
    const from = ((284 + row) * width + x) * 3;
    return data.subarray(from, from + 3 * 102);
  });
  return { width: 102, height: 96, data: Uint8Array.from(Buffer.concat(rows)) };
}

function decodeJpeg(bytes: Buffer): Picture {
  using context = new CodecContext();
  context.allocContext3(Codec.findDecoderByName(FF_DECODER_MJPEG)!);
  context.open2Sync();
  using packet = new Packet();
  packet.alloc();
  packet.data = bytes;
  using frame = new Frame();
  frame.alloc();
  context.sendPacketSync(packet);
  context.sendPacketSync(null);
  context.receiveFrameSync(frame);
  const { width, height } = frame;
  using rgb = new Frame();
  rgb.alloc();
  Object.assign(rgb, { width, height, format: AV_PIX_FMT_RGB24 });
  rgb.allocBuffer();
  using scaler = new SoftwareScaleContext();
  const format = frame.format as AVPixelFormat;
  scaler.getContext(width, height, format, width, height, AV_PIX_FMT_RGB24, SWS_BILINEAR);
  scaler.scaleFrameSync(rgb, frame);
  return { width, height, data: new Uint8Array(rgb.toBuffer()) };
}

/** Where a portrait stands in a frame; it is made a square of `side` pixels. */
export interface Place {
  x: number;
  y: number;
  side: number;
}

/** Two seconds of grey frames in which portraits stand where `places` says. */
export function film(
  [width, height]: readonly [number, number],
  places: (frame: number) => readonly (readonly [Picture, Place])[],
): Video {
  const frames = 16;
  const data = new Uint8Array(frames * width * height * 3).fill(128);
  for (let frame = 0; frame < frames; frame++) {
    for (const [{ data: pixels, ...from }, { x, y, side }] of places(frame)) {
      const target = { width: side, height: side, channels: 3 };
      const small = resizeImage(pixels, { ...from, stride: 3 }, target).map(Math.round);
      for (let row = 0; row < side; row++) {
        const line = small.subarray(row * side * 3, (row + 1) * side * 3);
        data.set(line, ((frame * height + y + row) * width + x) * 3);
      }
    }
  }
  return { width, height, frames, fps: 8, data };
}
