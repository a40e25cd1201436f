import { dirname, resolve } from "node:path";
import { DataError } from "../core/errors.ts";
import { writeJsonl } from "../core/jsonl.ts";
import { type ReadClips, toClipLine } from "../data/index.ts";
import { say } from "./print.ts";

/**
 * Writes clips as clips.jsonl, which every command reads, and says how they were read.
 * @param source the list they are from, which is never written over
 * @throws DataError `LIST_OWN`
 */
export function writeClipList(out: string, list: ReadClips, source: string): void {
  refuseOwnList(out, source);
  const file = resolve(out);
  for (const note of list.notes) say(`  ${note}`);
  writeJsonl(
    file,
    list.rows.map((row) => toClipLine(row, dirname(file))),
  );
}

/** @throws DataError `LIST_OWN` where a list would be written over itself */
export function refuseOwnList(out: string, source: string): void {
  if (resolve(out) !== resolve(source)) return;
  throw new DataError("LIST_OWN", "is the list itself", { file: out, hint: "name another --out" });
}
