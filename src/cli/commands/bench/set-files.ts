import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { merSets } from "../../../bench/mer-unibench/sets.ts";
import type { MerSetId } from "../../../bench/mer-unibench/types.ts";
import { BenchError, ConfigError } from "../../../core/errors.ts";

/** A file of one test set; `variant` is what stands between the set's name and the extension. */
export interface SetFile {
  set: MerSetId;
  variant: string;
  file: string;
}

const readable = /\.(npz|json|jsonl|csv|xlsx)$/;

/**
 * Files of test sets: `set=file`, a file or a folder of files named `<set>.…` or `<set>-…`.
 * @throws ConfigError `SET_UNKNOWN`; BenchError `FILE_MISSING`, `SET_FILES_NONE`.
 */
export function setFiles(entries: readonly string[]): SetFile[] {
  return entries.flatMap((entry): SetFile[] => {
    const assigned = /^(\w+)=(.+)$/.exec(entry);
    if (assigned) {
      const set = merSets.find(({ id }) => id === assigned[1])?.id;
      if (set === undefined) throw unknownSet(assigned[1]!);
      return [{ set, variant: basename(assigned[2]!), file: needed(assigned[2]!) }];
    }
    const path = needed(entry);
    const files = statSync(path).isDirectory()
      ? readdirSync(path)
          .sort()
          .map((name) => join(path, name))
      : [path];
    const found = files.flatMap((file) => named(file));
    if (found.length > 0) return found;
    throw new BenchError("SET_FILES_NONE", "no file here is named after a test set", {
      file: path,
      hint: `name files <set>.jsonl, or give set=file; sets: ${merSets.map(({ id }) => id).join(", ")}`,
    });
  });
}

export function unknownSet(name: string): ConfigError {
  return new ConfigError("SET_UNKNOWN", `no test set is called '${name}'`, {
    hint: `sets: ${merSets.map(({ id }) => id).join(", ")}`,
  });
}

function named(file: string): SetFile[] {
  const match = /^([a-z0-9]+)(?:[.-](.*))?\.[a-z]+$/.exec(basename(file));
  const set = merSets.find(({ id }) => id === match?.[1])?.id;
  if (set === undefined || !readable.test(file)) return [];
  return [{ set, variant: match?.[2] ?? "", file }];
}

function needed(file: string): string {
  if (existsSync(file)) return file;
  throw new BenchError("FILE_MISSING", "no such file or folder", { file });
}
