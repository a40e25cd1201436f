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
 * Lists a folder once, with the folders in it. A name is found with or without its ending, as a
 * path from the folder or as the name of the file alone.
 * @throws DataError `LIST_FOLDER_MISSING`
 */
export function folderFiles(folder: string, kind: FileKind): FolderFiles {
  const { files, folders } = entriesOf(folder, kind);
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
      // Features of "a.mp4" are called "a.npy": what it is called without its ending counts, too.
      const found = [key, withoutEnding(key)]
        .flatMap((name) => maps.map((map) => map.get(name)))
        .find((paths) => paths !== undefined);
      if (found === undefined) {
        const held = folders.has(key) ? key : undefined;
        return { reason: held ? `'${held}' is a folder` : `no ${kind} file is called '${name}'` };
      }
      if (found.length === 1) return { path: join(folder, found[0]!) };
      return { reason: `several files are called '${name}': ${found.slice(0, 3).join(", ")}` };
    },
  };
}

/** Files of a kind under a folder, sorted, and folders that are called like one. */
function entriesOf(folder: string, kind: FileKind): { files: string[]; folders: Set<string> } {
  const files: string[] = [];
  const folders = new Set<string>();
  for (const entry of read(folder)) {
    if (!hasEnding(entry.name, kind)) continue;
    const whole = join(entry.parentPath, entry.name);
    const path = relative(folder, whole);
    const file = entry.isSymbolicLink() ? isFile(whole) : entry.isFile();
    if (file) files.push(path);
    else folders.add(comparable(path));
  }
  return { files: files.sort(), folders };
}

function read(folder: string): Dirent[] {
  refuseMissing(folder);
  return readdirSync(folder, { recursive: true, withFileTypes: true });
}

/** @throws DataError `LIST_FOLDER_MISSING` */
export function refuseMissing(folder: string): void {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found?.isDirectory()) return;
  throw new DataError(
    "LIST_FOLDER_MISSING",
    found === undefined ? "no such folder" : "is a file, not a folder",
    { file: folder },
  );
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
