import { rmSync } from "node:fs";
import { MediaError } from "../../core/errors.ts";
import { openMedia } from "../../media/source.ts";
import { writeClip } from "../../media/write.ts";
import type { MediaMask } from "../../prompt/masks.ts";
import { copyTracks, type TrackRequest } from "./copy-tracks.ts";
import { madeAudio, madeVideo } from "./made-streams.ts";

/**
 * What becomes of a stream: it is kept (`own`), or hidden by a kind of the table that media files
 * have.
 */
export type StreamMask = "own" | MediaMask;

export interface MaskRequest {
  file: string;
  video: StreamMask;
  audio: StreamMask;
  /** Files whose video, or audio, a swap takes. */
  donors?: { video?: string; audio?: string };
  /** Seed of noise. */
  seed: string;
}

/**
 * Writes a clip with its streams masked. A stream that is kept or swapped is copied packet by
 * packet, bit for bit; a made one is encoded as `writeClip` does, of the original's length. A
 * swapped stream is cut where the clip ends, and ends earlier where the donor's does.
 * @throws MediaError as `readClip`; `MEDIA_NO_VIDEO` or `MEDIA_NO_AUDIO` where a track to be kept
 *   or masked is not there, `MASK_DONOR` for a swap without donor, `MASK_NOTHING` where both
 *   streams are dropped.
 */
export async function writeMasked(path: string, request: MaskRequest): Promise<void> {
  const { file, seed } = request;
  const temporary: string[] = [];
  const made = async (kind: "video" | "audio", mask: "blank" | "noise"): Promise<TrackRequest> => {
    const part = `${path}.${kind}.${process.pid}.mp4`;
    temporary.push(part);
    const clip =
      kind === "video" ? await madeVideo(file, mask, seed) : await madeAudio(file, mask, seed);
    await writeClip(part, clip);
    return { file: part, kind };
  };
  const track = async (kind: "video" | "audio"): Promise<TrackRequest[]> => {
    const mask = request[kind];
    if (mask === "drop") return [];
    if (mask === "own") return [{ file, kind }];
    if (mask === "swap") {
      return [{ file: donorOf(request, kind), kind, untilSec: announcedEnd(file) }];
    }
    return [await made(kind, mask)];
  };
  try {
    const tracks = [...(await track("video")), ...(await track("audio"))];
    if (tracks.length === 0) {
      throw new MediaError("MASK_NOTHING", "masking would leave no stream", {
        file,
        hint: "give the model no file at all",
      });
    }
    copyTracks(path, tracks);
  } catch (cause) {
    if (cause instanceof MediaError) throw cause;
    throw new MediaError("MASK_WRITE", `cannot be masked: ${String(cause)}`, { file, cause });
  } finally {
    for (const part of temporary) rmSync(part, { force: true });
  }
}

function donorOf({ donors, file }: MaskRequest, stream: "video" | "audio"): string {
  const donor = donors?.[stream];
  if (donor !== undefined) return donor;
  throw new MediaError("MASK_DONOR", `no clip was given to take the ${stream} from`, { file });
}

/** End of the clip in seconds, as its container says. */
function announcedEnd(file: string): number {
  using source = openMedia(file);
  const ends = [source.announcedEnd, source.video?.announcedEnd, source.audio?.announcedEnd];
  const known = ends.filter((end) => typeof end === "number");
  return known.length > 0 ? Math.max(...known) : Number.POSITIVE_INFINITY;
}
