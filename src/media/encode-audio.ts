import {
  AV_CHANNEL_LAYOUT_MONO,
  AV_SAMPLE_FMT_FLT,
  AV_SAMPLE_FMT_FLTP,
  AV_SAMPLE_FMT_S16,
  type AVSampleFormat,
  Codec,
  type FFAudioEncoder,
  Frame,
  Rational,
} from "node-av";
import type { Audio } from "./clip.ts";
import { type EncodedTrack, type EncoderSettings, encodeFrames, newContext } from "./encode.ts";
import { succeed } from "./ffmpeg.ts";

export type AudioEncoderSettings = EncoderSettings<FFAudioEncoder>;

/** Samples a frame holds where the encoder takes any number. */
const anySize = 4096;

export function audioTrack(audio: Audio, settings: AudioEncoderSettings): EncodedTrack {
  const context = newContext(settings);
  const format = sampleFormat(settings.encoder);
  context.sampleRate = audio.sampleRateHz;
  context.channelLayout = AV_CHANNEL_LAYOUT_MONO;
  context.sampleFormat = format;
  context.timeBase = new Rational(1, audio.sampleRateHz);
  succeed(context.open2Sync(), `open ${settings.encoder}`);
  const size = context.frameSize || anySize;
  return {
    context,
    encode: (onPacket) =>
      encodeFrames(context, audioFrames(audio, format, size), BigInt(size), onPacket),
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
): Generator<Frame | null> {
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
  yield null;
}

function toInt16(samples: Float32Array): Int16Array {
  return Int16Array.from(samples, (value) =>
    Math.max(-32768, Math.min(32767, Math.round(32768 * value))),
  );
}
