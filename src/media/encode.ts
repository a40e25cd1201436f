import {
  AV_CHANNEL_LAYOUT_MONO,
  AV_CODEC_FLAG_BITEXACT,
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_PIX_FMT_RGB24,
  AV_PIX_FMT_YUV420P,
  AV_SAMPLE_FMT_FLT,
  AV_SAMPLE_FMT_FLTP,
  AV_SAMPLE_FMT_S16,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_SMPTE170M,
  AVERROR_EAGAIN,
  AVERROR_EOF,
  type AVSampleFormat,
  Codec,
  CodecContext,
  type FFAudioEncoder,
  type FFVideoEncoder,
  Frame,
  Packet,
  Rational,
  SoftwareScaleContext,
  SWS_FAST_BILINEAR,
} from "node-av";
import type { Audio, Video } from "./clip.ts";
import { succeed } from "./ffmpeg.ts";

/** An encoder of FFmpeg with its own options; `bitRate` 0 leaves the rate to the options. */
export interface EncoderSettings<Name> {
  encoder: Name;
  bitRate: number;
  options: Readonly<Record<string, string>>;
}

export type VideoEncoderSettings = EncoderSettings<FFVideoEncoder>;
export type AudioEncoderSettings = EncoderSettings<FFAudioEncoder>;

/** One stream on its way into a file: an open encoder and the frames it is to be fed. */
export interface EncodedTrack extends Disposable {
  context: CodecContext;
  /** In ticks of the context's time base. */
  frameDuration: bigint;
  frames(): Iterable<Frame>;
}

/** Encodes frame after frame. The packet handed over is one object, reused: use it before returning. */
export function encodeTrack(track: EncodedTrack, onPacket: (packet: Packet) => void): void {
  using packet = new Packet();
  packet.alloc();
  const drain = (): void => {
    for (;;) {
      const status = track.context.receivePacketSync(packet);
      if (status === AVERROR_EAGAIN || status === AVERROR_EOF) return;
      succeed(status, "receive packet");
      // Not every encoder hands the frame's duration on; without it the file ends before its last frame.
      if (packet.duration <= 0n) packet.duration = track.frameDuration;
      onPacket(packet);
    }
  };
  for (const frame of track.frames()) {
    succeed(track.context.sendFrameSync(frame), "encode frame");
    drain();
  }
  succeed(track.context.sendFrameSync(null), "end of frames");
  drain();
}

export function videoTrack(video: Video, settings: VideoEncoderSettings): EncodedTrack {
  const context = newContext(settings);
  const rate = frameRate(video.fps);
  context.width = video.width;
  context.height = video.height;
  context.pixelFormat = AV_PIX_FMT_YUV420P;
  context.colorSpace = AVCOL_SPC_SMPTE170M;
  context.colorRange = AVCOL_RANGE_MPEG;
  context.framerate = rate;
  context.timeBase = new Rational(rate.den, rate.num);
  // One thread: faster at this size, and slices (so pixels too) do not depend on the machine's cores.
  context.threadCount = 1;
  succeed(context.open2Sync(), `open ${settings.encoder}`);
  return {
    context,
    frameDuration: 1n,
    frames: () => videoFrames(video, context),
    [Symbol.dispose]: () => context.freeContext(),
  };
}

function newContext(settings: EncoderSettings<FFVideoEncoder | FFAudioEncoder>): CodecContext {
  const codec = Codec.findEncoderByName(settings.encoder);
  if (!codec) throw new Error(`encoder ${settings.encoder} is missing`);
  const context = new CodecContext();
  context.allocContext3(codec);
  context.bitRate = BigInt(settings.bitRate);
  context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER, AV_CODEC_FLAG_BITEXACT);
  for (const [name, value] of Object.entries(settings.options)) {
    succeed(context.setOption(name, value), `option ${name} of ${settings.encoder}`);
  }
  return context;
}

/** Frames per second as a fraction, exact to a thousandth. */
function frameRate(fps: number): Rational {
  return Number.isInteger(fps) ? new Rational(fps, 1) : new Rational(Math.round(fps * 1000), 1000);
}

function* videoFrames(video: Video, { timeBase }: CodecContext): Generator<Frame> {
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
    yuv.pts = BigInt(index);
    yuv.duration = 1n;
    yield yuv;
  }
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

export function audioTrack(audio: Audio, settings: AudioEncoderSettings): EncodedTrack {
  const context = newContext(settings);
  const format = sampleFormat(settings.encoder);
  context.sampleRate = audio.sampleRateHz;
  context.channelLayout = AV_CHANNEL_LAYOUT_MONO;
  context.sampleFormat = format;
  context.timeBase = new Rational(1, audio.sampleRateHz);
  succeed(context.open2Sync(), `open ${settings.encoder}`);
  const size = context.frameSize || 4096;
  return {
    context,
    frameDuration: BigInt(size),
    frames: () => audioFrames(audio, format, size),
    [Symbol.dispose]: () => context.freeContext(),
  };
}

/** The first sample format that an encoder takes; one channel is the same planar or interleaved. */
function sampleFormat(encoder: FFAudioEncoder): AVSampleFormat {
  const formats = Codec.findEncoderByName(encoder)?.sampleFormats ?? [];
  const known = [AV_SAMPLE_FMT_FLTP, AV_SAMPLE_FMT_FLT, AV_SAMPLE_FMT_S16];
  const found = known.find((format) => formats.includes(format));
  if (found === undefined) throw new Error(`encoder ${encoder} takes no known sample format`);
  return found;
}

function* audioFrames(
  { samples, sampleRateHz }: Audio,
  format: AVSampleFormat,
  size: number,
): Generator<Frame> {
  const values = format === AV_SAMPLE_FMT_S16 ? toInt16(samples) : samples;
  for (let at = 0; at < values.length; at += size) {
    const part = values.subarray(at, at + size);
    using frame = Frame.fromAudioBuffer(
      Buffer.from(part.buffer, part.byteOffset, part.byteLength),
      {
        nbSamples: part.length,
        format,
        sampleRate: sampleRateHz,
        channelLayout: AV_CHANNEL_LAYOUT_MONO,
        timeBase: { num: 1, den: sampleRateHz },
        pts: BigInt(at),
      },
    );
    yield frame;
  }
}

function toInt16(samples: Float32Array): Int16Array {
  return Int16Array.from(samples, (value) =>
    Math.max(-32768, Math.min(32767, Math.round(32768 * value))),
  );
}
