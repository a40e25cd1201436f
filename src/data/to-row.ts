import { DataError } from "../core/errors.ts";
import { parseResponse } from "../cues/response.ts";
import type { ClipFeatureFiles, ClipMedia, ClipRow } from "./clip-row.ts";
import type { ColumnChoice } from "./columns.ts";
import type { MediaFiles, StreamFiles } from "./files/find-media.ts";
import type { Lookup } from "./files/folder.ts";
import { type ListRecord, placeOf } from "./tables/table.ts";
import { labelsOf, nameOf, pathOf, splitOf, textOf, textsOf, truthOf } from "./values.ts";
import type { FieldName } from "./vocabulary.ts";

/** What a row says apart from its files. @throws DataError `LIST_VALUE` naming the line */
export function fieldsOf(
  record: ListRecord,
  choice: ColumnChoice,
  file: string,
): Omit<ClipRow, "id" | "media"> {
  const cell = (field: FieldName) => cellOf(record, choice, field, file);
  const reference = textOf(cell("text"));
  const given = labelsIn(record, choice, file);
  const answer =
    reference === undefined ? "" : (parseResponse(reference).answer?.text.trim() ?? "");
  const split = splitOf(cell("split"));
  const group = nameOf(cell("group"));
  const subtitle = nameOf(cell("subtitle"));
  const question = textOf(cell("question"));
  const congruent = truthOf(cell("congruent"));
  const coldStart = textsOf(cell("coldStart"));
  return {
    ...(split !== undefined && { split }),
    ...(group !== undefined && { group }),
    ...(reference !== undefined && { reference }),
    labels: given.length === 0 && answer !== "" ? [answer] : given,
    ...(subtitle !== undefined && { subtitle }),
    ...(question !== undefined && { question }),
    ...(congruent !== undefined && { congruent }),
    ...(coldStart.length > 0 && { coldStart }),
  };
}

/** Rows of one list may say `label` or `labels`; one row says one of them. */
function labelsIn(record: ListRecord, choice: ColumnChoice, file: string): string[] {
  const place = placeOf(record, file);
  const given = labelsOf(cellOf(record, choice, "label", file));
  if (choice.label !== "label" || record.fields.labels === undefined) return given;
  const more = labelsOf({ value: record.fields.labels, column: "labels", place });
  if (given.length === 0 || more.length === 0) return [...given, ...more];
  throw new DataError("LIST_VALUE", "labels: give `label` or `labels`, not both", place);
}

export function cellOf(record: ListRecord, choice: ColumnChoice, field: FieldName, file: string) {
  const column = choice[field];
  const value = column === undefined ? undefined : record.fields[column];
  return { value, column: column ?? field, place: placeOf(record, file) };
}

type StreamName = Exclude<keyof MediaFiles, "soundAlone">;

/** Files of a row, or why it has none. */
export type FoundFiles = { media: ClipMedia; features?: ClipFeatureFiles } | { reason: string };

/**
 * Files that a row names, or that are called like it.
 * @param name the id as the list writes it, with its ending
 */
export function filesOf(
  record: ListRecord,
  choice: ColumnChoice,
  name: string,
  media: MediaFiles,
  file: string,
): FoundFiles {
  const look = (field: StreamName): Lookup | undefined =>
    lookUp(media[field], pathOf(cellOf(record, choice, field, file)), name);
  const features = { video: look("videoFeatures"), audio: look("audioFeatures") };
  const files = { video: look("video"), audio: look("audio") };
  // Features stand for a stream: its media may then be missing.
  for (const stream of ["video", "audio"] as const) {
    const { [stream]: found } = files;
    if (isPath(features[stream]) && found !== undefined && !isPath(found))
      files[stream] = undefined;
  }
  if (files.audio === undefined && files.video !== undefined && !isPath(files.video)) {
    const alone = media.soundAlone?.(name);
    if (isPath(alone)) {
      files.audio = alone;
      files.video = undefined;
    }
  }
  const all = [features.video, features.audio, files.video, files.audio];
  // A list beside its clips needs to name nothing but them.
  if (all.every((one) => one === undefined)) files.video = media.video.named(name);
  const lack = [...all, files.video].find((one) => one !== undefined && !isPath(one));
  if (lack !== undefined && !isPath(lack)) return lack;
  const found = paths(features);
  return { media: paths(files), ...(Object.keys(found).length > 0 && { features: found }) };
}

function lookUp(files: StreamFiles, path: string | undefined, name: string): Lookup | undefined {
  if (path === undefined) return files.called?.(name);
  const named = files.named(path);
  if (isPath(named)) return named;
  const called = files.called?.(path);
  return called !== undefined && isPath(called) ? called : named;
}

const isPath = (lookup: Lookup | undefined): lookup is { path: string } =>
  lookup !== undefined && "path" in lookup;

function paths({ video, audio }: Record<"video" | "audio", Lookup | undefined>): ClipMedia {
  return {
    ...(isPath(video) && { video: video.path }),
    ...(isPath(audio) && { audio: audio.path }),
  };
}
