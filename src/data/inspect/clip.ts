import type { CueModality } from "../../cues/cue.ts";
import type { ClipRow } from "../clip-row.ts";
import type { PictureFacts, SoundFacts } from "./look/facts.ts";
import type { LookedAt } from "./look/look-at-files.ts";

/** What stands between a file and its use. */
export interface Failure {
  /**
   * "video": the file of the picture (and its sound, where it is one file); "audio": a file of
   * sound alone.
   */
  file: "video" | "audio";
  code: string;
  message: string;
}

/** What was found in the files of one row. */
export interface MediaFacts {
  /** Of the file that is seen. */
  picture: PictureFacts | null;
  /** Of the file that is heard: `media.audio` where there is one, otherwise the film's own. */
  sound: SoundFacts | null;
  failures: readonly Failure[];
  files: { video?: LookedAt; audio?: LookedAt };
  /** Content hash of all files of the row; null where one can't be read. */
  content: string | null;
}

/** One row and all that is known about it. */
export interface InspectedClip {
  row: ClipRow;
  /** Null where clips were not looked at (`--no-media`) or the row has features alone. */
  media: MediaFacts | null;
  /** Cues of the reference by modality; null without a reference. */
  cues: Readonly<Record<CueModality, number>> | null;
  /** Features made elsewhere; null where the row has none, or files are not opened. */
  features: FeatureFacts | null;
}

/** Shapes of features made elsewhere by stream, [T, D], and why they can't be used. */
export interface FeatureFacts {
  video?: FeatureShape;
  audio?: FeatureShape;
  failures: readonly { code: string; message: string }[];
}

export interface FeatureShape {
  rows: number;
  dim: number;
}

/** Joins what was found in the files of a row. */
export function mediaFacts(
  { media }: ClipRow,
  looked: ReadonlyMap<string, LookedAt>,
): MediaFacts | null {
  const video = media.video === undefined ? undefined : looked.get(media.video);
  const audio = media.audio === undefined ? undefined : looked.get(media.audio);
  if (!video && !audio) return null;
  const failure = (file: "video" | "audio", one: LookedAt | undefined): Failure[] =>
    one?.facts.failure ? [{ file, ...one.facts.failure }] : [];
  const hashes = [video, audio].flatMap((one) => (one ? [one.sha256] : []));
  return {
    picture: video?.facts.picture ?? null,
    sound: (audio ?? video)?.facts.sound ?? null,
    failures: [...failure("video", video), ...failure("audio", audio)],
    files: { ...(video && { video }), ...(audio && { audio }) },
    content: hashes.includes(null) ? null : hashes.join("+"),
  };
}

/** Seconds of a stream. */
export const lengthOf = (stream: PictureFacts | SoundFacts | null): number =>
  stream ? stream.endSec - stream.startSec : 0;
