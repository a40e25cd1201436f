import "../core/globals.ts";
import {
  AV_CHANNEL_LAYOUT_5POINT1,
  AV_CHANNEL_LAYOUT_MONO,
  AV_CHANNEL_LAYOUT_STEREO,
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_PIX_FMT_YUV420P,
  AV_SAMPLE_FMT_S16,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_UNSPECIFIED,
  type AVColorRange,
  type AVColorSpace,
  FF_ENCODER_LIBX264,
  FF_ENCODER_PCM_S16LE,
  type FFVideoEncoder,
  Frame,
  Rational,
} from "node-av";
import { type EncodedTrack, encodeFrames, newContext } from "./encode.ts";
import { writeTracks } from "./mux.ts";

/**
 * Test material: a film whose pictures are one colour each, shown at any times; no product code
 * writes such files.
 */
export interface PlainFilm {
  /** When each picture is shown, in milliseconds. */
  timesMs: readonly number[];
  /** Y, U and V of each picture. */
  colour(index: number): readonly [number, number, number];
  width?: number;
  height?: number;
  encoder?: FFVideoEncoder;
  options?: Readonly<Record<string, string>>;
  matrix?: AVColorSpace;
  range?: AVColorRange;
  /** Frames per second of the encoder's clock; times are rounded to it. 1000 where not given. */
  clock?: number;
}

/** Blocks of samples, one array a channel, each at its own time. */
export interface PlainSound {
  rateHz: number;
  blocks: readonly { timeMs: number; channels: readonly Float32Array[] }[];
}

/** Writes a container by FFmpeg's name ("avi", "matroska", "mp4", "mpegts", "h264"). */
export function writePlain(
  path: string,
  muxer: string,
  { film, sound }: { film?: PlainFilm; sound?: PlainSound },
): void {
  const tracks = [
    ...(film ? [filmTrack(film, raw.has(muxer))] : []),
    ...(sound ? [soundTrack(sound)] : []),
  ];
  try {
    writeTracks(path, { muxer, options: {} }, tracks);
  } finally {
    for (const track of tracks) track[Symbol.dispose]();
  }
}

/** Streams without a container carry their headers among the pictures. */
const raw = new Set(["h264", "m4v"]);

function filmTrack(film: PlainFilm, isRaw: boolean): EncodedTrack {
  const { encoder = FF_ENCODER_LIBX264, options = {}, clock = 1000 } = film;
  const context = newContext({ encoder, bitRate: 400_000, options });
  if (isRaw) context.clearFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
  context.width = film.width ?? 32;
  context.height = film.height ?? 32;
  context.pixelFormat = AV_PIX_FMT_YUV420P;
  context.colorSpace = film.matrix ?? AVCOL_SPC_UNSPECIFIED;
  context.colorRange = film.range ?? AVCOL_RANGE_MPEG;
  context.timeBase = new Rational(1, clock);
  context.framerate = new Rational(clock, 1);
  context.threadCount = 1;
  if (context.open2Sync() < 0) throw new Error(`${encoder} does not open`);
  const length = BigInt(clock === 1000 ? 40 : 1);
  return {
    context,
    encode: (onPacket) => encodeFrames(context, pictures(film, clock), length, onPacket),
    [Symbol.dispose]: () => context.freeContext(),
  };
}

function* pictures(film: PlainFilm, clock: number): Generator<Frame | null> {
  const { width = 32, height = 32, timesMs, colour } = film;
  for (const [index, timeMs] of timesMs.entries()) {
    const [y, u, v] = colour(index);
    const luma = Buffer.alloc(width * height, y);
    const quarter = (width * height) / 4;
    const data = Buffer.concat([luma, Buffer.alloc(quarter, u), Buffer.alloc(quarter, v)]);
    using frame = Frame.fromVideoBuffer(data, {
      width,
      height,
      format: AV_PIX_FMT_YUV420P,
      timeBase: { num: 1, den: clock },
      pts: BigInt(Math.round((timeMs * clock) / 1000)),
    });
    yield frame;
  }
  yield null;
}

const layouts = new Map([
  [1, AV_CHANNEL_LAYOUT_MONO],
  [2, AV_CHANNEL_LAYOUT_STEREO],
  [6, AV_CHANNEL_LAYOUT_5POINT1],
]);

function soundTrack({ rateHz, blocks }: PlainSound): EncodedTrack {
  const context = newContext({ encoder: FF_ENCODER_PCM_S16LE, bitRate: 0, options: {} });
  const channelLayout = layouts.get(blocks[0]?.channels.length ?? 1)!;
  context.sampleRate = rateHz;
  context.channelLayout = channelLayout;
  context.sampleFormat = AV_SAMPLE_FMT_S16;
  context.timeBase = new Rational(1, rateHz);
  if (context.open2Sync() < 0) throw new Error("PCM does not open");
  function* frames(): Generator<Frame | null> {
    for (const { timeMs, channels } of blocks) {
      using frame = Frame.fromAudioBuffer(interleaved(channels), {
        nbSamples: channels[0]!.length,
        format: AV_SAMPLE_FMT_S16,
        sampleRate: rateHz,
        channelLayout,
        timeBase: { num: 1, den: rateHz },
        pts: BigInt(Math.round((timeMs * rateHz) / 1000)),
      });
      yield frame;
    }
    yield null;
  }
  return {
    context,
    encode: (onPacket) => encodeFrames(context, frames(), 0n, onPacket),
    [Symbol.dispose]: () => context.freeContext(),
  };
}

function interleaved(channels: readonly Float32Array[]): Buffer {
  const length = channels[0]!.length;
  const out = Buffer.alloc(2 * length * channels.length);
  channels.forEach((channel, c) => {
    channel.forEach((value, i) => {
      out.writeInt16LE(Math.round(32767 * value), 2 * (i * channels.length + c));
    });
  });
  return out;
}
