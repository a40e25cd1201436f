import { type Dirent, readdirSync, statSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { DataError } from "../../core/errors.ts";
import { type FileKind, hasEnding, withoutEnding } from "./endings.ts";

/** What a name in a list led to. */
export type Lookup =
  | { path: string }
  /** Why there is no one file of that name. */
  | { reason: string };

/** Files of one kind under a folder, found by name. */
export interface FolderFiles {
  folder: string;
  /** Paths relative to the folder, sorted. */
  files: readonly string[];
  find(name: string): Lookup;
}

/** Equal however a system composes accents: macOS names files in NFD, lists are written in NFC. */
export const comparable = (name: string): string => name.trim().normalize("NFC");

/**
 * Lists a folder once, with the folders in it. A name is found with or without its ending, as a path from
 * the folder or as the name of the file alone.
 * @throws DataError `LIST_FOLDER_MISSING`
 */
export function folderFiles(folder: string, kind: FileKind): FolderFiles {
  const entries = entriesOf(folder);
  const files = entries
    .filter((path) => hasEnding(path, kind) && isFile(join(folder, path)))
    .sort();
  const folders = new Set(
    entries.filter((path) => hasEnding(path, kind) && !isFile(join(folder, path))).map(comparable),
  );
  const maps = [
    indexed(files, (path) => path),
    indexed(files, withoutEnding),
    indexed(files, (path) => basename(path)),
    indexed(files, (path) => withoutEnding(basename(path))),
  ];
  return {
    folder,
    files,
    find(name) {
      const key = comparable(name);
      const found = maps.map((map) => map.get(key)).find((paths) => paths !== undefined);
      if (found === undefined) {
        const held = folders.has(key) ? key : undefined;
        return { reason: held ? `'${held}' is a folder` : `no ${kind} file is called '${name}'` };
      }
      if (found.length === 1) return { path: join(folder, found[0]!) };
      return { reason: `several files are called '${name}': ${found.slice(0, 3).join(", ")}` };
    },
  };
}

function entriesOf(folder: string): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch (cause) {
    const file = statSync(folder, { throwIfNoEntry: false })?.isFile();
    throw new DataError(
      "LIST_FOLDER_MISSING",
      file ? "is a file, not a folder" : "no such folder",
      {
        file: folder,
        cause,
      },
    );
  }
  return entries.map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

const isFile = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

function indexed(files: readonly string[], key: (path: string) => string): Map<string, string[]> {
  const map = new Map<string, string[]>();
  for (const file of files) {
    const own = comparable(key(file));
    const there = map.get(own);
    if (there === undefined) map.set(own, [file]);
    else there.push(file);
  }
  return map;
}
