import { existsSync, statSync } from "node:fs";
import {
  AV_DISPOSITION_ATTACHED_PIC,
  AV_NOPTS_VALUE,
  AVERROR_EOF,
  AVMEDIA_TYPE_AUDIO,
  AVMEDIA_TYPE_VIDEO,
  type AVMediaType,
  Dictionary,
  FormatContext,
  Packet,
  type Stream,
} from "node-av";
import { MediaError } from "../core/errors.ts";
import { isPlaceholder, refuseCutRiff } from "./cut-off.ts";
import { succeed } from "./ffmpeg.ts";

/**
 * Media containers only: FFmpeg's play lists and scripts would open what other files and servers
 * hold.
 */
const formats =
  "mov,matroska,avi,wav,ogg,mp3,aac,flac,flv,asf,mpeg,mpegts,mpegvideo,h264,hevc,m4v,aiff,w64,caf";

/** One track of an open file. */
export interface Track {
  stream: Stream;
  /** End of the track as the container announces it, in seconds; null where it says nothing. */
  announcedEnd: number | null;
}

/** An open media file. Packets are read once, from the start, all tracks mixed. */
export interface MediaSource extends Disposable {
  path: string;
  /** FFmpeg's name of the container format, for example "mov,mp4,m4a,3gp,3g2,mj2". */
  container: string;
  /** All there are, the two below among them. */
  streams: readonly Stream[];
  video: Track | null;
  audio: Track | null;
  /** End of the longest track where the container announces only that (Matroska), in seconds. */
  announcedEnd: number | null;
  /** Where the file's time begins, in seconds; other times count from zero. */
  startSec: number;
  /** The packet handed out is one object, reused. */
  packets(): Iterable<Packet>;
}

/**
 * Opens mp4, mov, mkv, webm, avi, wav and other media files.
 * @throws MediaError `MEDIA_MISSING`, `MEDIA_EMPTY` (no bytes), `MEDIA_UNREADABLE` (not a media
 *   file, or cut before the index that makes it readable), `MEDIA_TRUNCATED`.
 */
export function openMedia(path: string): MediaSource {
  if (!existsSync(path) || !statSync(path).isFile()) {
    throw new MediaError("MEDIA_MISSING", "no such media file", { file: path });
  }
  if (statSync(path).size === 0) {
    throw new MediaError("MEDIA_EMPTY", "media file has no bytes", { file: path });
  }
  refuseCutRiff(path);
  const context = new FormatContext();
  try {
    using options = Dictionary.fromObject({
      protocol_whitelist: "file",
      format_whitelist: formats,
    });
    succeed(context.openInputSync(`file:${path}`, null, options), "open");
    return describe(path, context);
  } catch (cause) {
    context.closeInputSync();
    throw new MediaError("MEDIA_UNREADABLE", "cannot be read as a media file", {
      file: path,
      hint: "it may be cut off, or not be mp4, mkv, webm, wav or avi; play it, or write it again",
      cause,
    });
  }
}

function describe(path: string, context: FormatContext): MediaSource {
  // What the header says; `findStreamInfo` would put its own estimates in place of what is missing.
  const whole = context.iformat?.name?.includes("matroska")
    ? seconds(context.duration, 1e-6)
    : null;
  const announced = new Map(
    context.streams.map((stream) => [
      stream.index,
      whole === null ? announcedOf(path, stream) : null,
    ]),
  );
  succeed(context.findStreamInfoSync(), "look into the streams");
  const track = (type: AVMediaType): Track | null => {
    const stream = context.streams[context.findBestStream(type)];
    // The cover picture of a song is no film.
    if (!stream || stream.disposition & AV_DISPOSITION_ATTACHED_PIC) return null;
    return { stream, announcedEnd: announced.get(stream.index) ?? null };
  };
  const startSec = Math.max(0, seconds(context.startTime, 1e-6) ?? 0);
  return {
    path,
    container: context.iformat?.name ?? "",
    streams: context.streams,
    video: track(AVMEDIA_TYPE_VIDEO),
    audio: track(AVMEDIA_TYPE_AUDIO),
    // FFmpeg writes where the last picture ends, counted from zero: so it is for pieces of a film.
    announcedEnd: whole === null ? null : Math.max(0, whole - startSec),
    startSec,
    packets: () => packets(context),
    [Symbol.dispose]: () => context.closeInputSync(),
  };
}

function* packets(context: FormatContext): Generator<Packet> {
  using packet = new Packet();
  packet.alloc();
  for (;;) {
    const status = context.readFrameSync(packet);
    if (status === AVERROR_EOF) return;
    succeed(status, "read packet");
    yield packet;
    packet.unref();
  }
}

/** Length of one tick of a stream, in seconds. */
export function toSeconds({ timeBase }: Stream): number {
  return timeBase.num / timeBase.den;
}

const seconds = (ticks: bigint, tick: number): number | null =>
  ticks === AV_NOPTS_VALUE || ticks <= 0n ? null : Number(ticks) * tick;

/** Null where the header has no length, or one that stands for "not known". */
function announcedOf(path: string, stream: Stream): number | null {
  const end = seconds(stream.duration, toSeconds(stream));
  const { bitRate } = stream.codecpar;
  const bytes = ((end ?? 0) * Number(bitRate)) / 8;
  return isPlaceholder(bytes, statSync(path).size) ? null : end;
}
