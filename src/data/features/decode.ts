import { MediaError, OppoError } from "../../core/errors.ts";
import type { JobKind } from "../../core/work-pool.ts";
import type { Clip } from "../../media/clip.ts";
import { audioFeatures, featureReading, videoFeatures } from "../../media/features.ts";
import { framed } from "../../media/framing/framed.ts";
import type { FeatureOptions } from "../../media/options.ts";
import { type ReadOptions, readClip } from "../../media/read.ts";
import type { ClipMedia } from "../clip-row.ts";
import { mediaContent } from "./content.ts";
import type { Decoded, DecodedStreams } from "./store.ts";
import { mediaFile, type StreamName } from "./streams.ts";

/** Files of one clip to take features of. */
export interface DecodeJob {
  media: ClipMedia;
  streams: readonly StreamName[];
  options: FeatureOptions;
}

export const decodeJobs: JobKind<DecodeJob, Decoded> = {
  worker: new URL("./decode-worker.ts", import.meta.url),
  perform: decodeStreams,
};

/**
 * Features of a clip's own streams, as `clipFeatures` of what `featureReading` reads.
 * @throws MediaError naming the file; `FACE_NONE` and the like where `framing: face` finds no one
 *   face to follow
 */
export async function decodeStreams({ media, streams, options }: DecodeJob): Promise<Decoded> {
  try {
    // Before decoding: a file replaced meanwhile is then decoded again, not taken for the new one.
    const content = mediaContent(media, streams);
    const clip = await readMedia(media, streams, featureReading(options));
    const decoded: DecodedStreams = {};
    if (streams.includes("audio")) decoded.audio = audioFeatures(clip, options).features;
    if (!streams.includes("video")) return { content, decoded };
    const { video, framing } = await framed(clip.video, options, media.video ?? "");
    decoded.video = videoFeatures(video, options).features;
    return { content, decoded, ...(framing && { framing }) };
  } catch (error) {
    if (error instanceof OppoError) throw error;
    const file = media.video ?? media.audio ?? "";
    throw new MediaError("CLIP_DECODE", String(error), { file, cause: error });
  }
}

/**
 * Decodes the given streams of a clip: picture from `media.video`, sound from `media.audio` or the
 * film's own. A stream that is not asked for comes back with no frames or samples.
 * @throws MediaError of `readClip`.
 */
export async function readMedia(
  media: ClipMedia,
  wanted: readonly StreamName[],
  options: ReadOptions = {},
): Promise<Clip> {
  const [needVideo, needAudio] = [wanted.includes("video"), wanted.includes("audio")];
  const [picture, sound] = [mediaFile(media, "video"), mediaFile(media, "audio")];
  if (needVideo && needAudio && picture !== sound) {
    const { video } = await readMedia(media, ["video"], options);
    const { audio } = await readMedia(media, ["audio"], options);
    return { video, audio };
  }
  return readClip((needVideo ? picture : sound) ?? "", { ...options, needVideo, needAudio });
}

/** The buffers that a worker thread hands over uncopied. */
export const buffersOf = ({ decoded }: Decoded): ArrayBuffer[] =>
  Object.values(decoded).map(({ buffer }) => buffer as ArrayBuffer);
