import { MediaError } from "../core/errors.ts";
import { channelLevels } from "./channels.ts";
import type { Audio, Clip, Video } from "./clip.ts";
import { silenceBefore } from "./lay-sound.ts";
import { observeMedia, type ShownFrame } from "./observe.ts";
import { mixDown, resample } from "./resample.ts";

/** What every clip shall be. */
export interface FitOptions {
  seconds: number;
  width: number;
  height: number;
  /** Frames are repeated or left out to come to this rate; none is invented. */
  fps: number;
  sampleRateHz: number;
}

/**
 * Reads a clip and makes it as long and large as wanted: what is longer is cut, what is shorter
 * holds its last frame and goes on in silence; frames are scaled whole, with black bars where their
 * shape differs. Picture and sound stay where they are in time. Of a long film only the wanted part
 * is decoded.
 * @param audio file of the sound where it is one of its own
 * @throws MediaError as `readClip`; `MEDIA_NO_FRAMES`, `MEDIA_NO_SAMPLES` where the part holds none
 */
export async function readFitted(
  video: string,
  audio: string | undefined,
  options: FitOptions,
): Promise<Clip> {
  const film = collectFrames(options);
  let sound = collectSound(audio ?? video, options);
  const nothing = () => {};
  await observe(video, options, film.add, audio === undefined ? sound.add : nothing);
  if (audio !== undefined) await observe(audio, options, nothing, sound.add);
  const channel = sound.instead();
  if (channel !== null) {
    sound = collectSound(audio ?? video, options, channel);
    await observe(audio ?? video, options, nothing, sound.add);
  }
  const clip = { video: film.result(), audio: sound.result() };
  if (clip.video.frames === 0) {
    throw new MediaError("MEDIA_NO_FRAMES", "no frame in the wanted part", { file: video });
  }
  if (clip.audio.samples.length === 0) {
    const file = audio ?? video;
    throw new MediaError("MEDIA_NO_SAMPLES", "no sound in the wanted part", { file });
  }
  return clip;
}

async function observe(
  file: string,
  { seconds, width, height }: FitOptions,
  frame: (frame: ShownFrame) => void,
  block: Parameters<typeof observeMedia>[2]["block"],
): Promise<void> {
  const options = { fit: { width, height, enlarge: true }, untilSec: seconds };
  const { failure } = await observeMedia(file, options, { frame, block });
  if (failure) throw failure;
}

/**
 * Of a film the frame that is shown at each of the wanted times; the first one is shown from the
 * start.
 */
function collectFrames({ seconds, width, height, fps }: FitOptions) {
  const frames = Math.round(seconds * fps);
  const bytes = width * height * 3;
  const data = new Uint8Array(frames * bytes);
  const shown = new Uint8Array(bytes);
  let seen = 0;
  let next = 0;
  /** Repeats the frame that is shown up to `end`. */
  const hold = (end: number): void => {
    for (; next < Math.min(end, frames); next++) data.set(shown, next * bytes);
  };
  return {
    add({ picture, timeSec }: ShownFrame): void {
      // Half a millisecond of grace: containers round timestamps.
      if (seen++ > 0) hold(Math.ceil((timeSec - 5e-4) * fps));
      if (next < frames) framed(picture, width, height, shown);
    },
    result(): Video {
      if (seen === 0) return { width, height, frames: 0, fps, data: new Uint8Array(0) };
      hold(frames);
      return { width, height, frames, fps, data };
    },
  };
}

/** The picture in the middle of black. */
function framed(
  { width, height, data }: ShownFrame["picture"],
  fullWidth: number,
  fullHeight: number,
  out: Uint8Array,
): void {
  const left = Math.floor((fullWidth - width) / 2);
  const top = Math.floor((fullHeight - height) / 2);
  out.fill(0);
  for (let y = 0; y < height; y++) {
    const row = data.subarray(y * width * 3, (y + 1) * width * 3);
    out.set(row, ((top + y) * fullWidth + left) * 3);
  }
}

function collectSound(
  file: string,
  { seconds, sampleRateHz }: FitOptions,
  channel: number | null = null,
) {
  const levels = channelLevels();
  const parts: Float32Array[] = [];
  let [rateHz, startSec, samples] = [0, 0, 0];
  return {
    add(block: { channels: readonly Float32Array[]; rateHz: number; timeSec: number }): void {
      if (block.timeSec >= seconds) return;
      if (parts.length === 0) {
        startSec = block.timeSec;
        rateHz = block.rateHz;
      }
      const { channels } = block;
      const mono = channel === null ? mixDown(channels) : (channels[channel] ?? channels[0]!);
      levels.add(channels, mono);
      const silence = silenceBefore(samples, block.timeSec - startSec, rateHz, file);
      if (silence > 0) parts.push(new Float32Array(silence));
      parts.push(mono);
      samples += silence + mono.length;
    },
    instead: () => (channel === null ? levels.instead() : null),
    result(): Audio {
      if (samples === 0) return { sampleRateHz, samples: new Float32Array(0) };
      const own = new Float32Array(samples);
      let at = 0;
      for (const part of parts) {
        own.set(part, at);
        at += part.length;
      }
      const out = new Float32Array(Math.round(seconds * sampleRateHz));
      const start = Math.round(startSec * sampleRateHz);
      const heard = resample(own, rateHz, sampleRateHz).subarray(
        0,
        Math.max(0, out.length - start),
      );
      out.set(heard, Math.min(start, out.length));
      return { sampleRateHz, samples: out };
    },
  };
}
