import { statSync } from "node:fs";
import { resolve } from "node:path";
import type { ReadOptions } from "../options.ts";
import { endings, type FileKind } from "./endings.ts";
import { type FolderFiles, folderFiles, type Lookup, refuseMissing } from "./folder.ts";
import { namedFiles } from "./named-file.ts";

/** One stream of a clip in one form: where its file is found. */
export interface StreamFiles {
  /** By a path that the list names. */
  named(path: string): Lookup;
  /** By the clip's id in the folder of options; undefined where there is no folder. */
  called?: (id: string) => Lookup;
  /**
   * The folder of options and what it holds. It is listed when it is asked for: a list that names
   * its paths needs no look at all the folders below.
   */
  folder?: () => FolderFiles;
}

export interface MediaFiles {
  /**
   * A clip of sound alone, called as the id, in the folder of films; undefined where there is no
   * such folder.
   */
  soundAlone: ((id: string) => Lookup) | undefined;
  video: StreamFiles;
  audio: StreamFiles;
  videoFeatures: StreamFiles;
  audioFeatures: StreamFiles;
}

/**
 * Where the files of a list's clips are looked for.
 * @param base folder of the list
 * @throws DataError `LIST_FOLDER_MISSING`
 */
export function mediaFiles(base: string, options: ReadOptions): MediaFiles {
  const stream = (kind: FileKind, place: string | undefined): StreamFiles => {
    const folder = place === undefined ? undefined : resolve(place);
    const named = namedFiles(folder === undefined ? [base] : [folder, base]);
    const byPath = { named: (path: string) => named(path, kind) };
    if (folder === undefined) return byPath;
    const single = kind === "features" && statSync(folder, { throwIfNoEntry: false })?.isFile();
    // One file with the features of every clip is read by id, later.
    if (single) return { named: byPath.named, called: () => ({ path: folder }) };
    refuseMissing(folder);
    let files: FolderFiles | undefined;
    const listed = (): FolderFiles => {
      files ??= folderFiles(folder, kind);
      return files;
    };
    return { ...byPath, called: (id) => listed().find(id), folder: listed };
  };
  let sounds: FolderFiles | undefined;
  const soundAlone = (id: string): Lookup => {
    sounds ??= folderFiles(resolve(options.videos!), "audio");
    return sounds.find(id);
  };
  return {
    soundAlone: options.videos === undefined ? undefined : soundAlone,
    video: stream("video", options.videos),
    audio: stream("audio", options.audios),
    videoFeatures: stream("features", options.features?.video),
    audioFeatures: stream("features", options.features?.audio),
  };
}

/** Endings that files of a folder may have, for messages. */
export const knownEndings = (kind: FileKind): string => endings[kind].join(", ");
