import type { AudioSample, VideoSample } from "mediabunny";
import { MediaError } from "../core/errors.ts";
import type { Audio, Clip, Video } from "./clip.ts";
import { mixDown, resample } from "./resample.ts";
import { resizeImage } from "./scale.ts";
import { type MediaSource, openMedia, refuseShort } from "./source.ts";

/** What to decode, and to what size and rates. */
export interface ReadOptions {
  /** Frames per second to keep; the file's own where not given. Never invents frames. */
  fps?: number;
  /** Size to bring frames to, both or none; the file's own where not given. */
  width?: number;
  height?: number;
  /** Rate to bring audio to, in Hz. */
  sampleRateHz?: number;
  needVideo?: boolean;
  needAudio?: boolean;
  /** Accept an audio track that holds only silence. */
  allowSilent?: boolean;
}

/** Samples below this are digital silence (−80 dBFS). */
const silencePeak = 1e-4;

/**
 * Decodes a clip whole: RGB frames and mono audio. A stream that is not needed comes back with no frames
 * or samples; a needed one is never empty.
 * @throws MediaError naming the file: `MEDIA_MISSING`, `MEDIA_EMPTY`, `MEDIA_UNREADABLE`,
 *   `MEDIA_NO_VIDEO`, `MEDIA_NO_AUDIO` (no such track), `MEDIA_NO_FRAMES`, `MEDIA_NO_SAMPLES` (a track that
 *   decodes to nothing), `MEDIA_TRUNCATED` (ends before its container says), `MEDIA_SILENT_AUDIO`.
 */
export async function readClip(path: string, options: ReadOptions = {}): Promise<Clip> {
  const source = await openMedia(path);
  try {
    const video = options.needVideo === false ? noVideo() : await readVideo(path, source, options);
    const audio = options.needAudio === false ? noAudio() : await readAudio(path, source, options);
    return { video, audio };
  } catch (cause) {
    if (cause instanceof MediaError) throw cause;
    throw new MediaError("MEDIA_UNREADABLE", "cannot be decoded", {
      file: path,
      hint: "the file is damaged or uses a codec that is not built in; `oppo doctor` lists the codecs",
      cause,
    });
  } finally {
    await source[Symbol.asyncDispose]();
  }
}

const noVideo = (): Video => ({ width: 0, height: 0, frames: 0, fps: 0, data: new Uint8Array(0) });
const noAudio = (): Audio => ({ sampleRateHz: 16000, samples: new Float32Array(0) });

async function readVideo(path: string, source: MediaSource, options: ReadOptions): Promise<Video> {
  if (!source.video) {
    throw new MediaError("MEDIA_NO_VIDEO", "no video track", {
      file: path,
      hint: "pass needVideo: false to read the audio alone",
    });
  }
  const frames: Uint8Array[] = [];
  const times: number[] = [];
  let size = { width: options.width ?? 0, height: options.height ?? 0 };
  let end = 0;
  let last = 0;
  for await (const sample of source.video.samples()) {
    const time = sample.timestamp;
    last = Math.max(last, time);
    end = Math.max(end, time + sample.duration);
    // Half a millisecond of grace: containers round timestamps.
    const due = options.fps === undefined || time >= frames.length / options.fps - 5e-4;
    if (due) {
      if (size.width === 0) size = { width: sample.displayWidth, height: sample.displayHeight };
      frames.push(await toRgb(sample, size));
      times.push(time);
    }
    sample.close();
  }
  if (frames.length === 0) {
    throw new MediaError("MEDIA_NO_FRAMES", "video track decodes to no frames", { file: path });
  }
  refuseShort(path, "video", end, source.video.announcedEnd ?? 0);
  const data = new Uint8Array(frames.length * size.width * size.height * 3);
  frames.forEach((frame, index) => {
    data.set(frame, index * frame.length);
  });
  return { ...size, frames: frames.length, fps: frameRate(times, end), data };
}

/** Frames per second of what was kept. */
function frameRate(times: readonly number[], end: number): number {
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
  if (times.length > 1 && span > 0) return Math.round(((times.length - 1) / span) * 1000) / 1000;
  return end > 0 ? 1 / end : 1;
}

async function toRgb(
  sample: VideoSample,
  size: { width: number; height: number },
): Promise<Uint8Array> {
  const { displayWidth: width, displayHeight: height } = sample;
  const rgba = new Uint8Array(sample.allocationSize({ format: "RGBA" }));
  await sample.copyTo(rgba, { format: "RGBA" });
  const out = new Uint8Array(size.width * size.height * 3);
  if (width === size.width && height === size.height) {
    for (let i = 0, at = 0; at < out.length; i += 4) {
      out[at++] = rgba[i]!;
      out[at++] = rgba[i + 1]!;
      out[at++] = rgba[i + 2]!;
    }
    return out;
  }
  const scaled = resizeImage(rgba, { width, height, stride: 4 }, { ...size, channels: 3 });
  for (let i = 0; i < out.length; i++) out[i] = Math.round(scaled[i]!);
  return out;
}

async function readAudio(path: string, source: MediaSource, options: ReadOptions): Promise<Audio> {
  if (!source.audio) {
    throw new MediaError("MEDIA_NO_AUDIO", "no audio track", {
      file: path,
      hint: "pass needAudio: false to read the frames alone",
    });
  }
  const sampleRateHz = options.sampleRateHz ?? 16000;
  const parts: Float32Array[] = [];
  let rate = 0;
  let end = 0;
  for await (const sample of source.audio.samples()) {
    rate = sample.sampleRate;
    end = Math.max(end, sample.timestamp + sample.duration);
    // Encoder priming stands before time zero; players drop it too.
    const skip = Math.min(sample.numberOfFrames, Math.max(0, Math.round(-sample.timestamp * rate)));
    parts.push(toMono(sample).subarray(skip));
    sample.close();
  }
  const mono = concatenate(parts);
  if (mono.length === 0) {
    throw new MediaError("MEDIA_NO_SAMPLES", "audio track decodes to nothing", { file: path });
  }
  refuseShort(path, "audio", end, source.audio.announcedEnd ?? 0);
  if (!options.allowSilent) refuseSilence(path, mono);
  return { sampleRateHz, samples: resample(mono, rate, sampleRateHz) };
}

function toMono(sample: AudioSample): Float32Array {
  const channels = Array.from({ length: sample.numberOfChannels }, (_, planeIndex) => {
    const plane = new Float32Array(sample.numberOfFrames);
    sample.copyTo(plane, { format: "f32-planar", planeIndex });
    return plane;
  });
  return mixDown(channels);
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function refuseSilence(path: string, samples: Float32Array): void {
  if (samples.some((value) => Math.abs(value) > silencePeak)) return;
  throw new MediaError("MEDIA_SILENT_AUDIO", "audio track holds only silence", {
    file: path,
    hint: "pass allowSilent: true if that is meant",
  });
}
