import { statSync } from "node:fs";
import { openRowLog } from "../../../core/row-log.ts";
import { type FileFacts, factsVersion } from "./facts.ts";

/** A line of the journal: what lies under a path, or what is in a file of some content. */
type JournalLine =
  | { file: string; bytes: number; changedMs: number; sha256: string }
  | { sha256: string; version: string; facts: FileFacts };

/**
 * What was found out about files, appended line by line as it is found. Facts are kept by content
 * and version, so a file that was moved, renamed or listed elsewhere is not decoded again; a path's
 * hash is kept with size and time of change, so an unchanged file is not read again.
 */
export interface FactsJournal {
  /** Hash of the file as it lies there now, if it was taken before. */
  hashOf(file: string): string | undefined;
  factsOf(sha256: string): FileFacts | undefined;
  addHash(file: string, sha256: string): void;
  addFacts(sha256: string, facts: FileFacts): void;
}

/** @param path null: keep nothing */
export function openFactsJournal(path: string | null): FactsJournal {
  const hashes = new Map<string, string>();
  const facts = new Map<string, FileFacts>();
  const log = openRowLog<JournalLine>(path ?? undefined, (value) => value as JournalLine);
  for (const line of log.rows) {
    if ("facts" in line) {
      if (line.version === factsVersion) facts.set(line.sha256, line.facts);
    } else hashes.set(placeKey(line.file, line.bytes, line.changedMs), line.sha256);
  }
  const append = (line: JournalLine): void => log.append([line]);
  return {
    hashOf(file) {
      const stat = statSync(file, { throwIfNoEntry: false });
      return stat && hashes.get(placeKey(file, stat.size, stat.mtimeMs));
    },
    factsOf: (sha256) => facts.get(sha256),
    addHash(file, sha256) {
      const { size: bytes, mtimeMs: changedMs } = statSync(file);
      hashes.set(placeKey(file, bytes, changedMs), sha256);
      append({ file, bytes, changedMs, sha256 });
    },
    addFacts(sha256, found) {
      facts.set(sha256, found);
      append({ sha256, version: factsVersion, facts: found });
    },
  };
}

const placeKey = (file: string, bytes: number, changedMs: number): string =>
  `${file}\n${bytes}\n${changedMs}`;
