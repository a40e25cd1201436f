import {
  AV_PICTURE_TYPE_I,
  AV_PICTURE_TYPE_NONE,
  AV_PIX_FMT_RGB24,
  AV_PIX_FMT_YUV420P,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_SMPTE170M,
  type CodecContext,
  type FFVideoEncoder,
  Frame,
  Rational,
  SoftwareScaleContext,
  SWS_FAST_BILINEAR,
} from "node-av";
import type { Video } from "./clip.ts";
import { type EncodedTrack, type EncoderSettings, encodeFrames, newContext } from "./encode.ts";
import { succeed } from "./ffmpeg.ts";

export interface VideoEncoderSettings extends EncoderSettings<FFVideoEncoder> {
  /**
   * The encoder gives a packet for every frame and looks at no frame before the last key frame: it
   * stays open and goes on with the next clip. Opening libx264 takes longer than encoding a small
   * clip.
   */
  reusable: boolean;
}

export function videoTrack(video: Video, settings: VideoEncoderSettings): EncodedTrack {
  return settings.reusable ? reusedTrack(video, settings) : ownTrack(video, settings);
}

function ownTrack(video: Video, settings: VideoEncoderSettings): EncodedTrack {
  const context = openContext(video, settings);
  return {
    context,
    encode: (onPacket) => encodeFrames(context, videoFrames(video, context, true), 1n, onPacket),
    [Symbol.dispose]: () => context.freeContext(),
  };
}

function openContext(video: Video, settings: VideoEncoderSettings): CodecContext {
  const context = newContext(settings);
  const rate = frameRate(video.fps);
  context.width = video.width;
  context.height = video.height;
  context.pixelFormat = AV_PIX_FMT_YUV420P;
  context.colorSpace = AVCOL_SPC_SMPTE170M;
  context.colorRange = AVCOL_RANGE_MPEG;
  context.framerate = rate;
  context.timeBase = new Rational(rate.den, rate.num);
  // One thread: faster at this size, and slices (so pixels too) do not depend on the machine's
  // cores.
  context.threadCount = 1;
  succeed(
    context.open2Sync(),
    `open ${settings.encoder} for ${video.width}×${video.height} pixels`,
  );
  return context;
}

/** Frames per second as a fraction, exact to a thousandth. */
function frameRate(fps: number): Rational {
  return Number.isInteger(fps) ? new Rational(fps, 1) : new Rational(Math.round(fps * 1000), 1000);
}

/** Open encoders of this thread, by what they were opened for, the one used last at the end. */
const open = new Map<string, Reused>();
/**
 * Each holds some megabytes, and clips from everywhere come in hundreds of sizes and frame rates.
 */
const mostOpen = 4;

/** An open encoder: frames fed to it and key frames among them. */
interface Reused {
  context: CodecContext;
  frames: bigint;
  keyFrames: number;
}

function reusedTrack(video: Video, settings: VideoEncoderSettings): EncodedTrack {
  const { width, height, fps } = video;
  const key = JSON.stringify([width, height, fps, settings]);
  // Taken out while in use: an encoder that failed half way is not used again.
  const reused = open.get(key) ?? warmedUp(video, settings);
  open.delete(key);
  let whole = false;
  return {
    context: reused.context,
    encode: (onPacket) => {
      feed(reused, video, onPacket);
      // H.264 numbers key frames 0, 1, 0, 1: a second one gives the next clip the number this one
      // had.
      while (reused.keyFrames % 2 !== 0) feed(reused, firstFrame(video), () => {});
      whole = true;
    },
    [Symbol.dispose]: () => {
      if (whole) keepOpen(key, reused);
      else reused.context.freeContext();
    },
  };
}

function keepOpen(key: string, reused: Reused): void {
  open.set(key, reused);
  if (open.size <= mostOpen) return;
  const [oldest, { context }] = open.entries().next().value!;
  open.delete(oldest);
  context.freeContext();
}

/**
 * What libx264 says about itself stands before its first packet; no clip is to be the one that has
 * it.
 */
function warmedUp(video: Video, settings: VideoEncoderSettings): Reused {
  const reused = { context: openContext(video, settings), frames: 0n, keyFrames: 0 };
  for (let i = 0; i < 2; i++) feed(reused, firstFrame(video), () => {});
  return reused;
}

const firstFrame = (video: Video): Video => ({ ...video, frames: 1 });

function feed(reused: Reused, video: Video, onPacket: Parameters<EncodedTrack["encode"]>[0]): void {
  const start = reused.frames;
  encodeFrames(reused.context, videoFrames(video, reused.context, false, start), 1n, (packet) => {
    if (packet.isKeyframe) reused.keyFrames++;
    packet.pts -= start;
    packet.dts -= start;
    onPacket(packet);
  });
  reused.frames += BigInt(video.frames);
}

/** The frames in YUV, the first a key frame, then null where the stream is to `end`. */
function* videoFrames(
  video: Video,
  { timeBase }: CodecContext,
  end: boolean,
  firstPts = 0n,
): Generator<Frame | null> {
  const { width, height, frames, data } = video;
  using rgb = pictureFrame(width, height, AV_PIX_FMT_RGB24);
  using yuv = pictureFrame(width, height, AV_PIX_FMT_YUV420P);
  using scaler = new SoftwareScaleContext();
  scaler.getContext(
    width,
    height,
    AV_PIX_FMT_RGB24,
    width,
    height,
    AV_PIX_FMT_YUV420P,
    SWS_FAST_BILINEAR,
  );
  const bytes = width * height * 3;
  for (let index = 0; index < frames; index++) {
    const pixels = Buffer.from(data.buffer, data.byteOffset + index * bytes, bytes);
    succeed(rgb.fromBuffer(pixels), "copy pixels");
    succeed(yuv.makeWritable(), "make frame writable");
    succeed(scaler.scaleFrameSync(yuv, rgb), "convert to YUV");
    yuv.timeBase = timeBase;
    yuv.pts = firstPts + BigInt(index);
    yuv.duration = 1n;
    yuv.pictType = index === 0 ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    yield yuv;
  }
  if (end) yield null;
}

function pictureFrame(width: number, height: number, format: Frame["format"]): Frame {
  const frame = new Frame();
  frame.alloc();
  frame.width = width;
  frame.height = height;
  frame.format = format;
  succeed(frame.allocBuffer(), "allocate frame");
  return frame;
}
