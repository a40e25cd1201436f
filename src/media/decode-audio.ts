import {
  AV_SAMPLE_FMT_DBL,
  AV_SAMPLE_FMT_DBLP,
  AV_SAMPLE_FMT_FLT,
  AV_SAMPLE_FMT_FLTP,
  AV_SAMPLE_FMT_S16,
  AV_SAMPLE_FMT_S16P,
  AV_SAMPLE_FMT_S32,
  AV_SAMPLE_FMT_S32P,
  AV_SAMPLE_FMT_U8,
  AV_SAMPLE_FMT_U8P,
  type AVPixelFormat,
  type AVSampleFormat,
  type Frame,
} from "node-av";
import { channelLevels } from "./channels.ts";
import { checkSound } from "./check-sound.ts";
import type { FrameSink } from "./decode.ts";
import { silenceBefore } from "./lay-sound.ts";
import { mixDown } from "./resample.ts";

/** Collects the samples of a track as mono, each at its time: where there is none, silence. */
export class AudioSink implements FrameSink {
  private readonly file: string;
  private readonly parts: Float32Array[] = [];
  private readonly channel: number | null;
  private readonly levels = channelLevels();
  private laid = 0;
  /** Hz; 0 before the first frame. */
  rate = 0;
  /** End of the last frame, in seconds. */
  end = 0;

  /**
   * @param file stands in errors
   * @param channel the only one to be heard, in place of the mean of all
   */
  constructor(file: string, channel: number | null = null) {
    this.file = file;
    this.channel = channel;
  }

  /** The channel to be heard where the mean of all has lost what they carry; null otherwise. */
  get instead(): number | null {
    return this.channel === null ? this.levels.instead() : null;
  }

  push(frame: Frame, timeSec: number): void {
    const rate = frame.sampleRate;
    this.end = Math.max(this.end, timeSec + frame.nbSamples / rate);
    this.rate = rate;
    const channels = channelsOf(frame);
    const mix =
      this.channel === null ? mixDown(channels) : (channels[this.channel] ?? channels[0]!);
    checkSound(mix, rate, this.file);
    this.levels.add(channels, mix);
    const heard = mix.subarray(runUp(frame, timeSec));
    if (heard.length === 0) return;
    const silence = silenceBefore(this.laid, timeSec, rate, this.file);
    if (silence > 0) this.parts.push(new Float32Array(silence));
    this.parts.push(heard);
    this.laid += silence + heard.length;
  }

  result(): Float32Array {
    const out = new Float32Array(this.laid);
    let at = 0;
    for (const part of this.parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }

  [Symbol.dispose](): void {}
}

/** Samples before time zero are the encoder's run-up; players drop them too. */
export function runUp(frame: Frame, timeSec: number): number {
  return Math.min(frame.nbSamples, Math.max(0, Math.round(-timeSec * frame.sampleRate)));
}

/**
 * How samples lie in a frame: the array type, its zero and full scale, channels apart or
 * interleaved.
 */
interface SampleLayout {
  type: { new (bytes: ArrayBuffer): ArrayLike<number> };
  zero: number;
  full: number;
  planar: boolean;
}

const layout = (
  type: SampleLayout["type"],
  full: number,
  planar: boolean,
  zero = 0,
): SampleLayout => ({ type, full, planar, zero });

const layouts = new Map<AVSampleFormat | AVPixelFormat, SampleLayout>([
  [AV_SAMPLE_FMT_U8, layout(Uint8Array, 128, false, 128)],
  [AV_SAMPLE_FMT_U8P, layout(Uint8Array, 128, true, 128)],
  [AV_SAMPLE_FMT_S16, layout(Int16Array, 32768, false)],
  [AV_SAMPLE_FMT_S16P, layout(Int16Array, 32768, true)],
  [AV_SAMPLE_FMT_S32, layout(Int32Array, 2147483648, false)],
  [AV_SAMPLE_FMT_S32P, layout(Int32Array, 2147483648, true)],
  [AV_SAMPLE_FMT_FLT, layout(Float32Array, 1, false)],
  [AV_SAMPLE_FMT_FLTP, layout(Float32Array, 1, true)],
  [AV_SAMPLE_FMT_DBL, layout(Float64Array, 1, false)],
  [AV_SAMPLE_FMT_DBLP, layout(Float64Array, 1, true)],
]);

/** One array per channel, in [−1, 1]. */
export function channelsOf(frame: Frame): Float32Array[] {
  const { nbSamples, channels, format } = frame;
  const known = layouts.get(format);
  if (!known) throw new Error(`sample format ${format} is not known`);
  const { zero, full, planar } = known;
  // A copy: the buffer may lie at an odd address of a pool.
  const values = new known.type(Uint8Array.from(frame.toBuffer()).buffer);
  return Array.from({ length: channels }, (_, channel) => {
    const out = new Float32Array(nbSamples);
    const [first, step] = planar ? [channel * nbSamples, 1] : [channel, channels];
    for (let i = 0; i < nbSamples; i++) out[i] = (values[first + i * step]! - zero) / full;
    return out;
  });
}
