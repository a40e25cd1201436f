import {
  blankFeatures,
  type ClipFeatures,
  type FeatureStream,
  featureDims,
} from "../../media/features.ts";
import type { FeatureOptions } from "../../media/options.ts";
import type { ClipRow } from "../clip-row.ts";
import type { SourceFeatures } from "../source.ts";
import { decodeRows, type FeatureSettings } from "./decode-rows.ts";
import { readFeatureFiles } from "./feature-files.ts";
import type { StreamFeatures } from "./stream-features.ts";
import { originsOf, type StreamName, streams } from "./streams.ts";

/**
 * Features of clips of any source: a stream is decoded from the clips' media on worker threads, or
 * read from files of features made elsewhere, and brought to the policy's number of tokens. What is
 * decoded is kept in one file of `settings.folder`, by the content of the media: a second call
 * decodes nothing, a killed one goes on where it was, and a clip whose file has changed is decoded
 * again.
 * @throws DataError `FEATURES_MIXED`, `FEATURES_NO_SOURCE` where the rows do not give every stream
 *   the same origin; `CLIPS_UNREADABLE` naming every clip that cannot be decoded; those of
 *   `readFeatureFiles`.
 */
export async function loadRowFeatures(
  rows: readonly ClipRow[],
  settings: FeatureSettings,
): Promise<SourceFeatures> {
  const { options } = settings;
  const origins = originsOf(rows);
  // First the cheap half: files of features that do not fit are no reason to decode an hour of
  // film.
  const fromFiles = streams.filter((stream) => origins[stream] === "files");
  const tokens = fromFiles.map((stream) => [stream, options[`${stream}Tokens`]]);
  const read = readFeatureFiles(rows, Object.fromEntries(tokens));
  const fromMedia = streams.filter((stream) => origins[stream] === "media");
  const decoded = await decodeRows(rows, fromMedia, settings);
  const streamOf = (stream: StreamName): StreamFeatures =>
    read[stream] ?? {
      byId: new Map(rows.map(({ id }) => [id, decoded.byId.get(id)![stream]!])),
      dim: featureDims(options)[stream],
      notes: stream === "video" ? decoded.notes : [],
    };
  const both = { video: streamOf("video"), audio: streamOf("audio") };
  const blank = blankFeatures(options);
  const unframed =
    read.video && options.framing === "face"
      ? ["`framing: face` does nothing here: the features of the picture are read from files."]
      : [];
  return {
    features: assemble(rows, both, options),
    dims: { video: both.video.dim, audio: both.audio.dim },
    blank: { video: read.video ? null : blank.video, audio: read.audio ? null : blank.audio },
    notes: [...both.video.notes, ...unframed, ...both.audio.notes],
  };
}

function assemble(
  rows: readonly ClipRow[],
  { video, audio }: Record<StreamName, StreamFeatures>,
  options: FeatureOptions,
): Map<string, ClipFeatures> {
  const shaped = (stream: StreamFeatures, id: string, tokens: number): FeatureStream => ({
    features: stream.byId.get(id)!,
    tokens,
    dim: stream.dim,
  });
  return new Map(
    rows.map(({ id }) => [
      id,
      {
        video: shaped(video, id, options.videoTokens),
        audio: shaped(audio, id, options.audioTokens),
      },
    ]),
  );
}
