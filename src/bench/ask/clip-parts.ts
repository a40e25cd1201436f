import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { BenchError, MediaError } from "../../core/errors.ts";
import { recent, remembered } from "../../core/recent.ts";
import type { ChatPart } from "../../endpoint/port.ts";
import { encodeJpegs } from "../../media/jpeg.ts";
import { readClip } from "../../media/read.ts";
import { encodeWav } from "../../media/wav.ts";
import type { Question } from "./port.ts";

export interface ClipPartOptions {
  /** `frames`: pictures and a WAV. `video`: the file as it is, and a WAV where sound is given. */
  as: "frames" | "video";
  fps: number;
  maxFrames: number;
  /** Which frames stay where there are more: spread over the clip, or from its start. */
  pick: "even" | "first";
  /** Longer side of a picture in pixels. */
  maxSide: number;
  sampleRateHz: number;
}

export const defaultClipParts: ClipPartOptions = {
  as: "frames",
  fps: 1,
  maxFrames: 16,
  pick: "even",
  maxSide: 512,
  sampleRateHz: 16_000,
};

/**
 * Media of questions as parts of a chat message; a clip's are made once and kept while it is asked
 * about.
 */
export interface ClipParts {
  /** @throws MediaError naming the file; BenchError `VIDEO_CARRIES_SOUND`. */
  partsOf(media: Question["media"]): Promise<ChatPart[]>;
  /** Files without a sound track, though sound was to be given: asked about with pictures alone. */
  readonly mute: ReadonlySet<string>;
}

const clipsKept = 32;

export function openClipParts(options: ClipPartOptions = defaultClipParts): ClipParts {
  const made = recent<Promise<ChatPart[]>>(clipsKept);
  const mute = new Set<string>();

  const once = (key: string, make: () => Promise<ChatPart[]>) => remembered(made, key, make);

  return {
    mute,
    async partsOf({ video, audio }) {
      const seen =
        video === undefined
          ? []
          : options.as === "frames"
            ? await once(`v:${video}`, () => pictures(video, options))
            : await once(`f:${video}:${audio !== undefined}`, () =>
                wholeFile(video, audio !== undefined),
              );
      const heard =
        audio === undefined ? [] : await once(`a:${audio}`, () => sound(audio, options, mute));
      return [...seen, ...heard];
    },
  };
}

async function pictures(file: string, options: ClipPartOptions): Promise<ChatPart[]> {
  const { fps, maxFrames, pick, maxSide } = options;
  const { video } = await readClip(file, { fps, maxSide, needAudio: false });
  const count = Math.min(maxFrames, video.frames);
  const bytes = video.width * video.height * 3;
  const data = new Uint8Array(count * bytes);
  for (let i = 0; i < count; i++) {
    const from = pick === "first" ? i : Math.floor(((i + 0.5) * video.frames) / count);
    data.set(video.data.subarray(from * bytes, (from + 1) * bytes), i * bytes);
  }
  const chosen = { ...video, frames: count, data };
  return encodeJpegs(chosen, { maxSide, quantiser: 4 }).map((jpeg) => ({
    kind: "image",
    bytes: jpeg,
    mime: "image/jpeg",
  }));
}

async function sound(
  file: string,
  { sampleRateHz }: ClipPartOptions,
  mute: Set<string>,
): Promise<ChatPart[]> {
  try {
    const { audio } = await readClip(file, { needVideo: false, allowSilent: true, sampleRateHz });
    return [{ kind: "audio", bytes: encodeWav(audio), format: "wav" }];
  } catch (error) {
    if (!(error instanceof MediaError) || error.code !== "MEDIA_NO_AUDIO") throw error;
    mute.add(file);
    return [];
  }
}

const mimes: Readonly<Record<string, string>> = {
  ".mp4": "video/mp4",
  ".webm": "video/webm",
  ".mkv": "video/x-matroska",
  ".avi": "video/x-msvideo",
  ".mov": "video/quicktime",
};

async function wholeFile(file: string, soundGiven: boolean): Promise<ChatPart[]> {
  if (!soundGiven && (await hasSound(file))) {
    throw new BenchError("VIDEO_CARRIES_SOUND", "the model is not to hear this clip", {
      file,
      hint: "a server may read the sound track of a whole file: send frames instead",
    });
  }
  const mime = mimes[extname(file).toLowerCase()] ?? "video/mp4";
  return [{ kind: "video", bytes: readFileSync(file), mime }];
}

async function hasSound(file: string): Promise<boolean> {
  try {
    await readClip(file, { needVideo: false, allowSilent: true });
    return true;
  } catch (error) {
    if (error instanceof MediaError && error.code === "MEDIA_NO_AUDIO") return false;
    throw error;
  }
}
