import { AVMEDIA_TYPE_AUDIO, AVMEDIA_TYPE_VIDEO, Codec, type Frame, type Stream } from "node-av";
import { MediaError } from "../core/errors.ts";
import { refuseCutMatroska, refuseShort } from "./cut-off.ts";
import { type Decoded, decodeTracks, type FrameSink } from "./decode.ts";
import { channelsOf, runUp } from "./decode-audio.ts";
import { type Fit, RgbConverter, shownSize } from "./decode-video.ts";
import type { Picture } from "./orientation.ts";
import { openMedia } from "./source.ts";

/** A track as the container describes it. */
export interface TrackInfo {
  kind: "video" | "audio" | "other";
  /** FFmpeg's name of its decoder, for example "h264"; "unknown" where none is built in. */
  codec: string;
  /** Channels of a sound track. */
  channels?: number;
  /** Samples per second and channel of a sound track. */
  rateHz?: number;
}

/**
 * One frame on its way past: shrunk, turned as it is to be shown. Times in seconds from the file's
 * start.
 */
export interface ShownFrame {
  picture: Picture;
  /** Size in pixels before shrinking. */
  width: number;
  height: number;
  timeSec: number;
  durationSec: number;
}

/** Samples on their way past, one array a channel in [−1, 1]. */
export interface HeardBlock {
  channels: readonly Float32Array[];
  rateHz: number;
  timeSec: number;
}

export interface ObserveOptions {
  /** What frames are scaled to. */
  fit: Fit;
  /** Where enough has been seen, in seconds; what comes later need not be whole. */
  untilSec?: number;
}

/** Who looks at a file while it is decoded. */
export interface MediaListener {
  frame(frame: ShownFrame): void;
  block(block: HeardBlock): void;
}

/** What a file was found to hold. */
export interface ObservedMedia {
  container: string;
  tracks: readonly TrackInfo[];
  /** Why decoding stopped, or why what was decoded is not all: code as `readClip`'s. */
  failure: MediaError | null;
}

/**
 * Decodes the film and the sound of a file once and hands on every frame and every block of
 * samples, keeping none: memory does not grow with length or size.
 * @throws MediaError as `openMedia`, where nothing can be known about the file.
 */
export async function observeMedia(
  path: string,
  { fit, untilSec }: ObserveOptions,
  listener: MediaListener,
): Promise<ObservedMedia> {
  using source = openMedia(path);
  const known = { container: source.container, tracks: source.streams.map(trackInfo) };
  const film = new FrameTap(fit, listener);
  const sound = new BlockTap(listener);
  const decoded: Decoded[] = [];
  if (source.video) decoded.push({ track: source.video, sink: film });
  if (source.audio) decoded.push({ track: source.audio, sink: sound });
  try {
    const end = await decodeTracks(source, decoded, untilSec);
    if (untilSec !== undefined && end >= untilSec) return { ...known, failure: null };
    if (source.video) refuseShort(path, "video", film.end, source.video.announcedEnd ?? 0);
    if (source.audio) refuseShort(path, "audio", sound.end, source.audio.announcedEnd ?? 0);
    refuseShort(path, "file", end, source.announcedEnd ?? 0);
    refuseCutMatroska(path);
    return { ...known, failure: null };
  } catch (cause) {
    return { ...known, failure: cause instanceof MediaError ? cause : undecodable(path, cause) };
  }
}

const undecodable = (file: string, cause: unknown): MediaError =>
  new MediaError("MEDIA_UNREADABLE", `cannot be decoded: ${(cause as Error).message}`, {
    file,
    hint: "the file is damaged or uses a codec that is not built in; `oppo doctor` lists the codecs",
    cause,
  });

function trackInfo({ codecpar }: Stream): TrackInfo {
  const codec = Codec.findDecoder(codecpar.codecId)?.name ?? "unknown";
  if (codecpar.codecType === AVMEDIA_TYPE_VIDEO) return { kind: "video", codec };
  if (codecpar.codecType !== AVMEDIA_TYPE_AUDIO) return { kind: "other", codec };
  return { kind: "audio", codec, channels: codecpar.channels, rateHz: codecpar.sampleRate };
}

class FrameTap implements FrameSink {
  private readonly converter: RgbConverter;
  private readonly listener: MediaListener;
  private last = 0;
  end = 0;

  constructor(fit: Fit, listener: MediaListener) {
    this.converter = new RgbConverter(fit);
    this.listener = listener;
  }

  push(frame: Frame, timeSec: number, durationSec: number): void {
    if (timeSec >= this.last) this.end = timeSec + durationSec;
    this.last = Math.max(this.last, timeSec);
    const picture = this.converter.convert(frame);
    this.listener.frame({ picture, ...shownSize(frame), timeSec, durationSec });
  }

  [Symbol.dispose](): void {
    this.converter[Symbol.dispose]();
  }
}

class BlockTap implements FrameSink {
  private readonly listener: MediaListener;
  end = 0;

  constructor(listener: MediaListener) {
    this.listener = listener;
  }

  push(frame: Frame, timeSec: number): void {
    const rateHz = frame.sampleRate;
    this.end = Math.max(this.end, timeSec + frame.nbSamples / rateHz);
    const skip = runUp(frame, timeSec);
    const channels = channelsOf(frame).map((samples) => samples.subarray(skip));
    if (skip === frame.nbSamples) return;
    this.listener.block({ channels, rateHz, timeSec: timeSec + skip / rateHz });
  }

  [Symbol.dispose](): void {}
}
