import { relative } from "node:path";
import type { ClipLine } from "./clip-line.ts";
import type { ClipRow } from "./clip-row.ts";

/** A row as a line of clips.jsonl. @param folder of that file: paths are written relative to it */
export function toClipLine(row: ClipRow, folder: string): ClipLine {
  const { id, split, group, media, features, reference, labels, subtitle } = row;
  const { question, congruent, coldStart } = row;
  const path = (key: keyof ClipLine, file: string | undefined): Partial<ClipLine> =>
    file === undefined ? {} : { [key]: relative(folder, file) };
  return {
    clip_id: id,
    ...(split !== undefined && { split }),
    ...(group !== undefined && { group }),
    ...path("video", media.video),
    ...path("audio", media.audio),
    ...path("video_features", features?.video),
    ...path("audio_features", features?.audio),
    ...(reference !== undefined && { reference }),
    ...(labels.length === 1 && { label: labels[0]! }),
    ...(labels.length > 1 && { labels: [...labels] }),
    ...(subtitle !== undefined && { subtitle }),
    ...(question !== undefined && { question }),
    ...(congruent !== undefined && { congruent }),
    ...(coldStart !== undefined && { cold_start: [...coldStart] }),
  };
}
