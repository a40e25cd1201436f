import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import type { ClipRow } from "../clip-row.ts";
import { fileHash } from "../features/content.ts";

/** Clips by what is in their files: of rows with one key, each is a copy of the others. */
export type ContentKeys = ReadonlyMap<string, string>;

/**
 * Finds rows whose files hold the same bytes. Files are read only where another has the same size,
 * so a list without copies costs one look at each file's size. Files that many clips share
 * (features by id) say nothing about a clip and don't count.
 * @returns a key by id for every row that has a copy; other rows are absent
 */
export function contentGroups(rows: readonly ClipRow[]): ContentKeys {
  const keys = new Map<string, string>();
  for (const [size, alike] of grouped(ownFiles(rows), ({ path }) => sizeOf(path))) {
    // Empty files are all equal and broken; whoever opens them says so.
    if (alike.length < 2 || size === undefined || size === 0) continue;
    for (const similar of grouped(alike, ({ path }) => endsHash(path)).values()) {
      if (similar.length < 2) continue;
      for (const [key, copies] of grouped(similar, ({ path }) => fileHash(path))) {
        if (copies.length > 1) for (const { id } of copies) keys.set(id, key);
      }
    }
  }
  return keys;
}

/**
 * The file that makes each clip what it is: its picture, its sound where it has none, or its
 * features.
 */
function ownFiles(rows: readonly ClipRow[]): { id: string; path: string }[] {
  const files = rows.flatMap(({ id, media, features }) => {
    const medium = media.video ?? media.audio;
    const path = medium ?? features?.video ?? features?.audio;
    return path === undefined ? [] : [{ id, path, shareable: medium === undefined }];
  });
  const clips = grouped(files, ({ path }) => path);
  return files.filter(({ path, shareable }) => !shareable || clips.get(path)!.length === 1);
}

const sizeOf = (path: string): number | undefined =>
  statSync(path, { throwIfNoEntry: false })?.size;

const endBytes = 2 ** 13;

/** Hash of a file's first and last bytes, which tell most files of one size apart. */
function endsHash(path: string): string {
  const hash = createHash("sha256");
  const piece = Buffer.alloc(endBytes);
  const file = openSync(path, "r");
  try {
    for (const position of [0, Math.max(0, fstatSync(file).size - endBytes)]) {
      hash.update(piece.subarray(0, readSync(file, piece, 0, endBytes, position)));
    }
  } finally {
    closeSync(file);
  }
  return hash.digest("hex");
}

function grouped<Value, Key>(values: readonly Value[], key: (value: Value) => Key) {
  const groups = new Map<Key, Value[]>();
  for (const value of values) {
    const own = key(value);
    const there = groups.get(own);
    if (there === undefined) groups.set(own, [value]);
    else there.push(value);
  }
  return groups;
}
