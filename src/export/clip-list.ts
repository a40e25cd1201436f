import { extname } from "node:path";
import { ConfigError } from "../core/errors.ts";

/** A clip as `oppo export ms-swift --data` reads it. */
export interface ListedClip {
  clip_id: string;
  /** Path of the file, relative to the list. */
  video: string;
  reference: string;
  label?: string;
}

/** A row of the user's references: fields by column name, and the line it stands in. */
export interface ReferenceRow {
  line: number;
  fields: Readonly<Record<string, unknown>>;
}

const idColumns = ["clip_id", "video", "name", "names", "id"] as const;
const textColumns = ["reference", "reason", "reasons", "english"] as const;
const videoTypes = new Set([".mp4", ".mkv", ".webm", ".avi", ".mov"]);

export interface ClipList {
  clips: ListedClip[];
  /** Video files that no reference names. */
  without: string[];
}

/**
 * Joins video files with references by file name, with or without its ending.
 * @param files names of the files in the folder
 * @param folder what comes before a name in `video`
 * @throws ConfigError naming the line of a row without its columns, without a video, or given twice
 */
export function listClips(
  files: readonly string[],
  folder: string,
  rows: readonly ReferenceRow[],
  source: string,
): ClipList {
  const videos = files.filter((file) => videoTypes.has(extname(file).toLowerCase())).sort();
  const byName = new Map(videos.flatMap((file) => [[file, file] as const, [stem(file), file]]));
  const taken = new Map<string, number>();
  const clips = rows.map(({ line, fields }) => {
    const refuse = (code: string, message: string, hint: string): never => {
      throw new ConfigError(code, message, { file: source, line, hint });
    };
    const read = (names: readonly string[]): string =>
      names
        .map((name) => fields[name])
        .find((value): value is string => !!value && typeof value === "string") ??
      refuse("CLIP_COLUMN", `has none of ${names.join(", ")}`, "one of these must hold text");
    const id = read(idColumns);
    const file =
      byName.get(id) ?? refuse("CLIP_VIDEO", `no video is called '${id}'`, `looked in ${folder}`);
    const first = taken.get(file);
    if (first !== undefined)
      refuse("CLIP_TWICE", `'${file}' stands in line ${first}, too`, "keep one");
    taken.set(file, line);
    const { label } = fields;
    return {
      clip_id: stem(file),
      video: `${folder}/${file}`,
      reference: read(textColumns),
      ...(typeof label === "string" && label !== "" ? { label } : {}),
    };
  });
  if (clips.length === 0) {
    throw new ConfigError("CLIP_NONE", "no references", { file: source, hint: "one row a clip" });
  }
  return { clips, without: videos.filter((file) => !taken.has(file)) };
}

const stem = (file: string): string => file.slice(0, file.length - extname(file).length);
