import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { extname } from "node:path";
import {
  ALL_FORMATS,
  type AudioSample,
  AudioSampleSink,
  FilePathSource,
  Input,
  MatroskaInputFormat,
  type VideoSample,
  VideoSampleSink,
} from "mediabunny";
import { MediaError } from "../core/errors.ts";
import { openAvi } from "./avi.ts";
import { useCodecs } from "./codecs.ts";

/** A container may announce this much more than it holds (rounding, encoder padding), in seconds. */
const endSlack = 0.2;

/** One track of an open file. Samples come in presentation order; the reader closes each. */
export interface Track<Sample> {
  /** End of the track as the container announces it, in seconds; null where it says nothing. */
  announcedEnd: number | null;
  samples(): AsyncIterable<Sample>;
}

/** An open media file, whatever reads it. */
export interface MediaSource extends AsyncDisposable {
  video: Track<VideoSample> | null;
  audio: Track<AudioSample> | null;
}

/**
 * Opens mp4, mov, mkv, webm, wav (and what else mediabunny reads) or avi.
 * @throws MediaError `MEDIA_MISSING`, `MEDIA_EMPTY` (no bytes), `MEDIA_UNREADABLE` (not a media file, or cut
 *   before the index that makes it readable), `MEDIA_TRUNCATED`.
 */
export async function openMedia(path: string): Promise<MediaSource> {
  if (!existsSync(path) || !statSync(path).isFile()) {
    throw new MediaError("MEDIA_MISSING", "no such media file", { file: path });
  }
  if (statSync(path).size === 0) {
    throw new MediaError("MEDIA_EMPTY", "media file has no bytes", { file: path });
  }
  refuseCutRiff(path);
  useCodecs();
  try {
    return await (extname(path).toLowerCase() === ".avi"
      ? openAvi(path)
      : openWithMediabunny(path));
  } catch (cause) {
    if (cause instanceof MediaError) throw cause;
    throw new MediaError("MEDIA_UNREADABLE", "cannot be read as a media file", {
      file: path,
      hint: "it may be cut off, or not be mp4, mkv, webm, wav or avi; play it, or write it again",
      cause,
    });
  }
}

/**
 * A wav or avi file says in its first bytes how long it is; readers take what there is without a word.
 * Recorders that could not know the length write 0 or 2³² − 1.
 */
function refuseCutRiff(path: string): void {
  const head = Buffer.alloc(8);
  const handle = openSync(path, "r");
  readSync(handle, head, 0, 8, 0);
  closeSync(handle);
  if (head.toString("latin1", 0, 4) !== "RIFF") return;
  const announced = head.readUInt32LE(4);
  const there = statSync(path).size - 8;
  if (announced === 0 || announced === 0xffffffff || announced <= there + 1) return;
  throw new MediaError("MEDIA_TRUNCATED", `holds ${there} of ${announced} bytes it announces`, {
    file: path,
    hint: "the file is cut off: copy or generate it again",
  });
}

async function refuseCutMatroska(path: string, input: Input): Promise<void> {
  const announced = await input.getDurationFromMetadata();
  if (announced !== null) refuseShort(path, "file", await input.computeDuration(), announced);
}

/** @throws MediaError `MEDIA_TRUNCATED` where what was found ends before what was announced (seconds). */
export function refuseShort(path: string, what: string, end: number, announced: number): void {
  if (end >= announced - endSlack) return;
  throw new MediaError(
    "MEDIA_TRUNCATED",
    `${what} ends at ${end.toFixed(2)} s, ${announced.toFixed(2)} s are announced`,
    { file: path, hint: "the file is cut off: copy or generate it again" },
  );
}

async function openWithMediabunny(path: string): Promise<MediaSource> {
  const input = new Input({ formats: ALL_FORMATS, source: new FilePathSource(path) });
  try {
    const video = await input.getPrimaryVideoTrack();
    const audio = await input.getPrimaryAudioTrack();
    // Matroska announces one duration for the file, not for each track.
    const whole = (await input.getFormat()) instanceof MatroskaInputFormat;
    if (whole) await refuseCutMatroska(path, input);
    return {
      video: video && {
        announcedEnd: whole ? null : await video.getDurationFromMetadata(),
        samples: () => new VideoSampleSink(video).samples(),
      },
      audio: audio && {
        announcedEnd: whole ? null : await audio.getDurationFromMetadata(),
        samples: () => new AudioSampleSink(audio).samples(),
      },
      [Symbol.asyncDispose]: async () => input.dispose(),
    };
  } catch (error) {
    input.dispose();
    throw error;
  }
}
