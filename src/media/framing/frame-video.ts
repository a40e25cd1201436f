import { MediaError } from "../../core/errors.ts";
import type { Video } from "../clip.ts";
import { cropVideo, type Square, squareAround } from "./crop.ts";
import type { Box, FaceDetector } from "./detector.ts";
import { followFace } from "./track.ts";

/** How a clip's picture was framed; `why` says why it was left whole. */
export type Framing =
  | { kind: "face"; square: Square }
  | { kind: "none" | "several" | "jumps"; why: string };

/** A film as it is looked at, and how it was framed. */
export interface FramedVideo {
  video: Video;
  framing: Framing;
}

/** What to do with a clip that has no one face to follow. */
export type FaceMissing = "refuse" | "whole";

/** Two looks a second, within these bounds: a look takes some 30 ms. */
const fewestLooks = 8;
const mostLooks = 40;

const codes = { none: "FACE_NONE", several: "FACE_SEVERAL", jumps: "FACE_JUMPS" } as const;

/**
 * Cuts a film to the face that is in it: one square for the whole film, so that the picture stands
 * still and the face moves in it. A film without one face to follow is never cut at random: it is
 * refused, or stays whole where `missing` says so.
 * @param file stands in errors.
 * @throws MediaError `FACE_NONE`, `FACE_SEVERAL`, `FACE_JUMPS`.
 */
export async function frameVideo(
  video: Video,
  detector: FaceDetector,
  missing: FaceMissing,
  file: string,
): Promise<FramedVideo> {
  const track = followFace(await look(video, detector));
  if (track.kind === "face") {
    const square = squareAround(track.boxes, video);
    return { video: cropVideo(video, square), framing: { kind: "face", square } };
  }
  if (missing === "whole") return { video, framing: track };
  throw new MediaError(codes[track.kind], track.why, {
    file,
    hint: "leave the clip out, cut it to one person, or set features.faceMissing: whole",
  });
}

/** Faces in frames spread evenly over the film, its first and last among them. */
async function look(video: Video, detector: FaceDetector): Promise<Box[][]> {
  const { width, height, frames, fps, data } = video;
  const wanted = Math.ceil((2 * frames) / fps);
  const looks = Math.min(frames, Math.max(fewestLooks, Math.min(mostLooks, wanted)));
  const bytes = width * height * 3;
  const found: Box[][] = [];
  for (let index = 0; index < looks; index++) {
    const frame = Math.round((index * (frames - 1)) / Math.max(1, looks - 1));
    const picture = data.subarray(frame * bytes, (frame + 1) * bytes);
    found.push(await detector.find({ width, height, data: picture }));
  }
  return found;
}
