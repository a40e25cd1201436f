import { DataError } from "../../core/errors.ts";
import type { ClipRow } from "../clip-row.ts";

export const streams = ["video", "audio"] as const;
export type StreamName = (typeof streams)[number];

/** Where each stream of every clip comes from. */
export type Origins = Readonly<Record<StreamName, "media" | "files">>;

/**
 * Decides for each stream whether it is decoded or read from files of features: the same for all
 * clips, since a policy cannot read two kinds of features.
 * @throws DataError `FEATURES_MIXED`, `FEATURES_NO_SOURCE`, naming clips.
 */
export function originsOf(rows: readonly ClipRow[]): Origins {
  return { video: originOf(rows, "video"), audio: originOf(rows, "audio") };
}

function originOf(rows: readonly ClipRow[], stream: StreamName): "media" | "files" {
  const [withFile, without] = partition(rows, (row) => row.features?.[stream] !== undefined);
  if (withFile.length > 0 && without.length > 0) {
    throw new DataError(
      "FEATURES_MIXED",
      `${withFile.length} of ${rows.length} clips have a file of ${stream} features and ` +
        `${without.length} have none, among them ${listed(without.map(({ id }) => `'${id}'`))}`,
      {
        hint: `a policy reads one kind of features: give every clip 'features.${stream}', or no clip`,
        path: `features.${stream}`,
      },
    );
  }
  if (withFile.length > 0) return "files";
  const empty = rows.filter(({ media }) => mediaFile(media, stream) === undefined);
  if (empty.length > 0) {
    throw new DataError(
      "FEATURES_NO_SOURCE",
      `${empty.length} of ${rows.length} clips have nothing to take ${stream} from, among them ` +
        listed(empty.map(({ id }) => `'${id}'`)),
      {
        hint: `the policy reads both streams: name a ${stream} file, or a file of ${stream} features`,
        path: `media.${stream}`,
      },
    );
  }
  return "media";
}

/** File that a stream is decoded from: sound is the film's own where it has no file to itself. */
export function mediaFile(media: ClipRow["media"], stream: StreamName): string | undefined {
  return stream === "video" ? media.video : (media.audio ?? media.video);
}

/** The first few of a list, and how many more there are. */
export function listed(names: readonly string[], most = 5): string {
  const rest = names.length - most;
  return names.slice(0, most).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

function partition<T>(all: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [all.filter(test), all.filter((item) => !test(item))];
}
