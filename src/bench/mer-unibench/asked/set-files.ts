import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { BenchError, ConfigError } from "../../../core/errors.ts";
import { isSentimentSet, merSets } from "../sets.ts";
import type { MerSetId } from "../types.ts";

/** A file of one test set. */
export interface SetFile {
  set: MerSetId;
  /** The checkpoint: what is left of the name without set, stage and extension. */
  variant: string;
  stage: Stage;
  file: string;
}

/**
 * Which of the official pipeline's files it is: `X.npz`, `X-openset.npz`,
 * `X-openset-sentiment.npz`.
 */
type Stage = "answers" | "openset" | "sentiment";

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
      return [setFile(set, needed(assigned[2]!))];
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

/**
 * The last stage of each checkpoint that its set is scored by: a folder of the official pipeline
 * holds the earlier ones too. @throws BenchError `CHECKPOINT_TWICE`.
 */
export function lastStages(files: readonly SetFile[]): SetFile[] {
  const order = (set: MerSetId): readonly Stage[] =>
    isSentimentSet(set) ? ["sentiment", "openset", "answers"] : ["openset", "answers", "sentiment"];
  const groups = new Map<string, SetFile[]>();
  for (const file of files) {
    const key = `${file.set}/${file.variant}`;
    groups.set(key, [...(groups.get(key) ?? []), file]);
  }
  return [...groups.values()].map((group) => {
    const { set, variant } = group[0]!;
    const stage = order(set).find((one) => group.some((file) => file.stage === one));
    const [file, other] = group.filter((one) => one.stage === stage);
    if (other === undefined) return file!;
    throw new BenchError("CHECKPOINT_TWICE", `two files of checkpoint '${variant}' of ${set}`, {
      file: other.file,
      hint: `the other is ${file!.file}; give one of them`,
    });
  });
}

function named(file: string): SetFile[] {
  const id = /^([a-z0-9]+)[.-]/.exec(basename(file))?.[1];
  const set = merSets.find((one) => one.id === id)?.id;
  return set === undefined || !readable.test(file) ? [] : [setFile(set, file)];
}

function setFile(set: MerSetId, file: string): SetFile {
  const name = basename(file).replace(/\.[a-z]+$/, "");
  const bare = name.replace(new RegExp(`^${set}(?=[.-]|$)[.-]?`), "");
  const suffix = /(?:^|-)(openset|(?:openset-)?sentiment)$/.exec(bare);
  const stage = suffix === null ? "answers" : suffix[1] === "openset" ? "openset" : "sentiment";
  return { set, variant: bare.slice(0, suffix?.index), stage, file };
}

function needed(file: string): string {
  if (existsSync(file)) return file;
  throw new BenchError("FILE_MISSING", "no such file or folder", { file });
}
