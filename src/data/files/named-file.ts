import { readdirSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { endings, type FileKind, hasEnding, withoutEnding } from "./endings.ts";
import { comparable, type Lookup } from "./folder.ts";

/** Finds a path that a list names. */
export type NamedFiles = (path: string, kind: FileKind) => Lookup;

/**
 * Paths as lists write them: absolute, or relative to one of the folders, the first that has it.
 * The ending may be left out, and accents may be composed in another way than the file system's.
 */
export function namedFiles(bases: readonly string[]): NamedFiles {
  const listed = new Map<string, ReadonlyMap<string, string[]>>();
  const alike = (folder: string, name: string, kind: FileKind): readonly string[] => {
    let names = listed.get(folder);
    if (names === undefined) {
      names = byName(folder);
      listed.set(folder, names);
    }
    const key = comparable(name);
    return (names.get(key) ?? names.get(stemKey(key, kind)) ?? []).map((one) => join(folder, one));
  };
  return (path, kind) => {
    let reason = `no such file: ${path}`;
    for (const base of bases) {
      const whole = resolve(base, path);
      const there = statSync(whole, { throwIfNoEntry: false });
      if (there?.isFile()) return { path: whole };
      const files = alike(dirname(whole), basename(whole), kind).filter((one) =>
        statSync(one, { throwIfNoEntry: false })?.isFile(),
      );
      if (files.length === 1) return { path: files[0]! };
      if (files.length > 1) {
        const names = files.map((file) => basename(file)).join(", ");
        return { reason: `several files are called ${path}: ${names}` };
      }
      if (there !== undefined) reason = `is a folder: ${path}`;
    }
    return { reason };
  };
}

/** Files of a folder by their whole name, and by kind and name without ending. */
function byName(folder: string): ReadonlyMap<string, string[]> {
  const map = new Map<string, string[]>();
  const add = (key: string, name: string): void => {
    const there = map.get(key);
    if (there === undefined) map.set(key, [name]);
    else there.push(name);
  };
  for (const name of readable(folder)) {
    add(comparable(name), name);
    for (const kind of Object.keys(endings) as FileKind[]) {
      if (hasEnding(name, kind)) add(stemKey(comparable(withoutEnding(name)), kind), name);
    }
  }
  return map;
}

/** No file name holds a slash, so keys of both sorts never meet. */
const stemKey = (stem: string, kind: FileKind): string => `${kind}/${stem}`;

function readable(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // The folder is not there; the file is then missing, and that is said.
    return [];
  }
}
