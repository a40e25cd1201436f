import { existsSync, statSync } from "node:fs";
import { MediaError } from "../../../core/errors.ts";
import { writeFileAtomic } from "../../../core/files.ts";
import { within } from "../../../media/decode-video.ts";
import { encodeJpegs } from "../../../media/jpeg.ts";
import { type ObservedMedia, observeMedia } from "../../../media/observe.ts";
import type { FileFacts } from "./facts.ts";
import { watchSound } from "./listen.ts";
import { watchPicture } from "./watch.ts";

/** Longer side of the frames that are looked at and shown, in pixels. */
const shotSide = 192;
const shotsPerClip = 3;

/**
 * Decodes a file once, front to back, and says what is in it. Never throws for what the file is:
 * that is its `failure`. Memory does not grow with the film.
 * @param shots where to write a few frames of it, as a JSON list of JPEGs in base64
 */
export async function lookAtFile(path: string, shots: string | null): Promise<FileFacts> {
  const picture = watchPicture();
  const sound = watchSound();
  const observed = await opened(path, { frame: picture.see, block: sound.hear });
  const facts: FileFacts = {
    bytes: existsSync(path) ? statSync(path).size : 0,
    container: containerName(observed.container),
    tracks: observed.tracks,
    picture: picture.facts(),
    sound: sound.facts(),
    failure: observed.failure && { code: observed.failure.code, message: said(observed.failure) },
  };
  if (shots !== null) {
    const video = picture.shots(shotsPerClip);
    const jpegs = video ? encodeJpegs(video, { maxSide: shotSide, quantiser: 6 }) : [];
    const texts = jpegs.map((jpeg) => Buffer.from(jpeg).toString("base64"));
    writeFileAtomic(shots, JSON.stringify(texts));
  }
  return facts;
}

/**
 * Without the path, for the same bytes lie elsewhere, too; without the hint, for `readClip`'s
 * callers.
 */
function said({ message, details }: MediaError): string {
  return message.replace(`${details.file}: `, "").replace(` (${details.hint})`, "");
}

async function opened(
  path: string,
  listener: Parameters<typeof observeMedia>[2],
): Promise<ObservedMedia> {
  try {
    return await observeMedia(path, { fit: within(shotSide) }, listener);
  } catch (failure) {
    if (!(failure instanceof MediaError)) throw failure;
    return { container: "", tracks: [], failure };
  }
}

/** FFmpeg names a family of containers; people name one. */
const containerName = (name: string): string =>
  name.includes("mp4")
    ? "mp4"
    : name.includes("matroska")
      ? "matroska"
      : (name.split(",")[0] ?? "");
