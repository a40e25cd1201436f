import { MediaError } from "../core/errors.ts";
import { silencePeak } from "./channels.ts";
import type { Audio, Clip, Video } from "./clip.ts";
import { refuseCutMatroska, refuseShort } from "./cut-off.ts";
import { type Decoded, decodeTracks } from "./decode.ts";
import { AudioSink } from "./decode-audio.ts";
import { VideoSink } from "./decode-video.ts";
import { resample } from "./resample.ts";
import { type MediaSource, openMedia, type Track } from "./source.ts";

/** What to decode, and to what size and rates. */
export interface ReadOptions {
  /**
   * Frames per second to keep, chosen by time: the one shown at each step, again where it stands
   * longer. Where not given all are kept; those of a film that stalls, begins late or changes its
   * rate are repeated to even steps, too.
   */
  fps?: number;
  /** Size to bring frames to, both or none; the file's own where not given. */
  width?: number;
  height?: number;
  /**
   * Frames with a longer side are shrunk to it, in pixels, as they are decoded: seconds of a film
   * at full size fill gigabytes.
   */
  maxSide?: number;
  /** Rate to bring audio to, in Hz. */
  sampleRateHz?: number;
  needVideo?: boolean;
  needAudio?: boolean;
  /** Accept an audio track that holds only silence. */
  allowSilent?: boolean;
}

const defaultRateHz = 16000;

/**
 * Decodes a clip whole: RGB frames and mono audio. A stream that is not needed comes back with no
 * frames or samples; a needed one is never empty. Frames are turned and mirrored as the film is to
 * be shown. Sound is the mean of its channels, or the loudest of them where the mean is silent.
 * @throws MediaError naming the file: `MEDIA_MISSING`, `MEDIA_EMPTY`, `MEDIA_UNREADABLE`,
 *   `MEDIA_NO_VIDEO`, `MEDIA_NO_AUDIO` (no such track), `MEDIA_NO_FRAMES`, `MEDIA_NO_SAMPLES` (a
 *   track that decodes to nothing), `MEDIA_NO_TIMES` (a raw stream that does not say its rate),
 *   `MEDIA_TRUNCATED` (ends before its container says), `MEDIA_SILENT_AUDIO`.
 */
export async function readClip(path: string, options: ReadOptions = {}): Promise<Clip> {
  using source = openMedia(path);
  const video = options.needVideo === false ? null : needed(path, source, "video");
  const audio = options.needAudio === false ? null : needed(path, source, "audio");
  const film = new VideoSink(options, video?.announcedEnd);
  const sound = new AudioSink(path);
  const end = await decode(path, source, [
    ...(video ? [{ track: video, sink: film }] : []),
    ...(audio ? [{ track: audio, sink: sound }] : []),
  ]);
  const clip = {
    video: video ? videoOf(path, film, video) : noVideo(),
    audio: audio ? audioOf(path, await audible(path, sound), audio, options) : noAudio(),
  };
  refuseShort(path, "file", end, source.announcedEnd ?? 0);
  refuseCutMatroska(path);
  return clip;
}

/** Where channels cancel each other in their mean, the sound of the loudest one. */
async function audible(path: string, sound: AudioSink): Promise<AudioSink> {
  const channel = sound.instead;
  if (channel === null) return sound;
  using source = openMedia(path);
  const alone = new AudioSink(path, channel);
  await decode(path, source, [{ track: needed(path, source, "audio"), sink: alone }]);
  return alone;
}

const noVideo = (): Video => ({ width: 0, height: 0, frames: 0, fps: 0, data: new Uint8Array(0) });
const noAudio = (): Audio => ({ sampleRateHz: defaultRateHz, samples: new Float32Array(0) });

function needed(path: string, source: MediaSource, kind: "video" | "audio"): Track {
  const track = source[kind];
  if (track) return track;
  const video = kind === "video";
  throw new MediaError(video ? "MEDIA_NO_VIDEO" : "MEDIA_NO_AUDIO", `no ${kind} track`, {
    file: path,
    hint: video
      ? "pass needVideo: false to read the audio alone"
      : "pass needAudio: false to read the frames alone",
  });
}

async function decode(
  path: string,
  source: MediaSource,
  decoded: readonly Decoded[],
): Promise<number> {
  try {
    return await decodeTracks(source, decoded);
  } catch (cause) {
    if (cause instanceof MediaError) throw cause;
    throw new MediaError("MEDIA_UNREADABLE", "cannot be decoded", {
      file: path,
      hint: "the file is damaged or uses a codec that is not built in; `oppo doctor` lists the codecs",
      cause,
    });
  }
}

function videoOf(path: string, film: VideoSink, track: Track): Video {
  const video = film.result();
  if (video.frames === 0) {
    throw new MediaError("MEDIA_NO_FRAMES", "video track decodes to no frames", { file: path });
  }
  refuseShort(path, "video", film.end, track.announcedEnd ?? 0);
  return video;
}

function audioOf(path: string, sound: AudioSink, track: Track, options: ReadOptions): Audio {
  const mono = sound.result();
  if (mono.length === 0) {
    throw new MediaError("MEDIA_NO_SAMPLES", "audio track decodes to nothing", { file: path });
  }
  refuseShort(path, "audio", sound.end, track.announcedEnd ?? 0);
  if (!options.allowSilent) refuseSilence(path, mono);
  const sampleRateHz = options.sampleRateHz ?? defaultRateHz;
  return { sampleRateHz, samples: resample(mono, sound.rate, sampleRateHz) };
}

function refuseSilence(path: string, samples: Float32Array): void {
  if (samples.some((value) => Math.abs(value) > silencePeak)) return;
  throw new MediaError("MEDIA_SILENT_AUDIO", "audio track holds only silence", {
    file: path,
    hint: "pass allowSilent: true if that is meant",
  });
}
