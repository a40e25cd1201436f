import { extname } from "node:path";
import {
  type AudioCodec,
  AudioSample,
  AudioSampleSource,
  BufferTarget,
  MkvOutputFormat,
  Mp4OutputFormat,
  Output,
  type OutputFormat,
  type VideoCodec,
  VideoSample,
  VideoSampleSource,
  WavOutputFormat,
  WebMOutputFormat,
} from "mediabunny";
import { MediaError } from "../core/errors.ts";
import { writeFileAtomic } from "../core/files.ts";
import type { Clip } from "./clip.ts";
import { useCodecs } from "./codecs.ts";

/** Encoding; each extension has codecs of its own where none are given. */
export interface WriteOptions {
  videoCodec?: VideoCodec;
  audioCodec?: AudioCodec;
  /** Bits per second. */
  videoBitrate?: number;
  audioBitrate?: number;
}

interface Container {
  format: () => OutputFormat;
  video: VideoCodec | null;
  audio: AudioCodec;
}

/** Codecs that ordinary players and browsers open, per extension. */
const containers: Readonly<Record<string, Container>> = {
  ".mp4": {
    format: () => new Mp4OutputFormat({ fastStart: "in-memory" }),
    video: "avc",
    audio: "aac",
  },
  ".webm": { format: () => new WebMOutputFormat(), video: "vp8", audio: "opus" },
  ".mkv": { format: () => new MkvOutputFormat(), video: "avc", audio: "flac" },
  ".wav": { format: () => new WavOutputFormat(), video: null, audio: "pcm-s16" },
};

/**
 * Writes a clip; the extension chooses the container (`.mp4`, `.webm`, `.mkv`, `.wav`). The file appears
 * whole or not at all. A stream without frames or samples gets no track. AAC starts with 64 ms of encoder
 * delay (1024 samples at 16 kHz) which the file keeps: sound lags by that much in mp4.
 * @throws MediaError `MEDIA_CONTAINER` for another extension, `MEDIA_WRITE` where encoding fails.
 */
export async function writeClip(
  path: string,
  clip: Clip,
  options: WriteOptions = {},
): Promise<void> {
  const container = containers[extname(path).toLowerCase()];
  if (!container) {
    throw new MediaError("MEDIA_CONTAINER", `cannot write '${extname(path)}' files`, {
      file: path,
      hint: `use one of ${Object.keys(containers).join(", ")}`,
    });
  }
  useCodecs();
  let bytes: Uint8Array;
  try {
    bytes = await encode(clip, container, options);
  } catch (cause) {
    throw new MediaError("MEDIA_WRITE", `cannot be encoded: ${String(cause)}`, {
      file: path,
      hint: "`oppo doctor` lists the codecs that work here",
      cause,
    });
  }
  writeFileAtomic(path, bytes);
}

async function encode(
  clip: Clip,
  container: Container,
  options: WriteOptions,
): Promise<Uint8Array> {
  const target = new BufferTarget();
  const output = new Output({ format: container.format(), target });
  const { video, audio } = clip;
  const videoCodec = options.videoCodec ?? container.video;
  const videoSource =
    video.frames > 0 && videoCodec !== null
      ? new VideoSampleSource({
          codec: videoCodec,
          bitrate: options.videoBitrate ?? 200_000,
          // libx264's `ultrafast`: half the time of the default at 64×64.
          latencyMode: "realtime",
        })
      : null;
  const audioSource =
    audio.samples.length > 0
      ? new AudioSampleSource({
          codec: options.audioCodec ?? container.audio,
          bitrate: options.audioBitrate ?? 48_000,
        })
      : null;
  if (videoSource) output.addVideoTrack(videoSource, { frameRate: video.fps });
  if (audioSource) output.addAudioTrack(audioSource);
  await output.start();
  if (videoSource) await addFrames(videoSource, clip);
  if (audioSource) await addSamples(audioSource, clip);
  await output.finalize();
  if (!target.buffer) throw new Error("nothing was written");
  return new Uint8Array(target.buffer);
}

async function addFrames(source: VideoSampleSource, { video }: Clip): Promise<void> {
  const pixels = video.width * video.height;
  for (let frame = 0; frame < video.frames; frame++) {
    const rgba = new Uint8Array(pixels * 4).fill(255);
    for (let i = 0, at = frame * pixels * 3; i < rgba.length; i += 4) {
      rgba[i] = video.data[at++]!;
      rgba[i + 1] = video.data[at++]!;
      rgba[i + 2] = video.data[at++]!;
    }
    const sample = new VideoSample(rgba, {
      format: "RGBA",
      codedWidth: video.width,
      codedHeight: video.height,
      timestamp: frame / video.fps,
      duration: 1 / video.fps,
    });
    await source.add(sample);
    sample.close();
  }
  source.close();
}

async function addSamples(source: AudioSampleSource, { audio }: Clip): Promise<void> {
  const sample = new AudioSample({
    data: audio.samples as Float32Array<ArrayBuffer>,
    format: "f32",
    numberOfChannels: 1,
    sampleRate: audio.sampleRateHz,
    timestamp: 0,
  });
  await source.add(sample);
  sample.close();
  source.close();
}
