import { existsSync } from "node:fs";
import { join } from "node:path";
import { OppoError } from "../../core/errors.ts";
import { sha256 } from "../../core/files.ts";
import type { ClipMedia, SplitRow } from "../../data/clip-row.ts";
import { readMedia } from "../../data/features/decode.ts";
import type { Clip, Video } from "../../media/clip.ts";
import { within } from "../../media/decode-video.ts";
import { observeMedia } from "../../media/observe.ts";
import { writeClip } from "../../media/write.ts";

/** Longest side of a preview, in pixels, and its frames per second at most. */
const maxSide = 320;
const maxFps = 15;

/** A clip made small for a page, or why there is none. */
export type Preview = { file: string } | { without: string };

/**
 * A small mp4 of a user's clip, which any browser plays, whatever the clip's own container, size
 * and codec are; picture and sound from two files become one. Kept in `folder` by the files' paths.
 */
export async function previewOf({ media }: SplitRow, folder: string): Promise<Preview> {
  const { video, audio } = media;
  if (video === undefined && audio === undefined) {
    return { without: "features made elsewhere: there is no film to show" };
  }
  const name = sha256(JSON.stringify([video, audio])).slice(0, 16);
  const file = join(folder, `${name}.${video === undefined ? "wav" : "mp4"}`);
  if (existsSync(file)) return { file };
  try {
    await writeClip(file, await smallClip(media));
    return { file };
  } catch (error) {
    if (error instanceof OppoError) return { without: error.message };
    throw error;
  }
}

async function smallClip(media: ClipMedia): Promise<Clip> {
  const film = media.video === undefined ? noFilm : await smallFilm(media.video);
  const { audio } = await readMedia(media, ["audio"], { allowSilent: true });
  return { video: film, audio };
}

const noFilm: Video = { width: 0, height: 0, frames: 0, fps: 0, data: new Uint8Array(0) };

/** Frames shrunk while they are decoded, so that a large film needs little memory. */
async function smallFilm(path: string): Promise<Video> {
  const pictures: Uint8Array[] = [];
  let [width, height, next, end] = [0, 0, 0, 0];
  const { failure } = await observeMedia(
    path,
    { fit: within(maxSide) },
    {
      frame({ picture, timeSec, durationSec }) {
        end = Math.max(end, timeSec + durationSec);
        if (timeSec < next) return;
        next = Math.max(next + 1 / maxFps, timeSec);
        [width, height] = [picture.width & ~1, picture.height & ~1];
        pictures.push(cropped(picture, width, height));
      },
      block() {},
    },
  );
  if (failure !== null) throw failure;
  const data = new Uint8Array(pictures.length * width * height * 3);
  pictures.forEach((picture, index) => {
    data.set(picture, index * picture.length);
  });
  return { width, height, frames: pictures.length, fps: pictures.length / end, data };
}

/** H.264 takes even sizes only. */
function cropped(
  picture: { width: number; data: Uint8Array },
  width: number,
  height: number,
): Uint8Array {
  const out = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    const from = row * picture.width * 3;
    out.set(picture.data.subarray(from, from + width * 3), row * width * 3);
  }
  return out;
}
