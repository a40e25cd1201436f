import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import type { ClipRow } from "../clip-row.ts";

/** Clips by what is in their files: of rows with one key, each is a copy of the others. */
export type ContentKeys = ReadonlyMap<string, string>;

/**
 * Finds rows whose files hold the same bytes. Files are read only where another has the same size, so a list
 * without copies costs one look at each file's size. Files that many clips share (features by id) say nothing
 * about a clip and don't count.
 * @returns a key by id for every row that has a copy; other rows are absent
 */
export function contentGroups(rows: readonly ClipRow[]): ContentKeys {
  const keys = new Map<string, string>();
  for (const [size, alike] of grouped(ownFiles(rows), ({ path }) => sizeOf(path))) {
    // Empty files are all equal and broken; whoever opens them says so.
    if (alike.length < 2 || size === undefined || size === 0) continue;
    for (const similar of grouped(alike, ({ path }) => hashOf(path, "ends")).values()) {
      if (similar.length < 2) continue;
      for (const [key, copies] of grouped(similar, ({ path }) => hashOf(path, "whole"))) {
        if (copies.length > 1) for (const { id } of copies) keys.set(id, key);
      }
    }
  }
  return keys;
}

/** The file that makes each clip what it is: its picture, its sound where it has none, or its features. */
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

const pieceBytes = 2 ** 20;
const endBytes = 2 ** 13;

/**
 * SHA-256 of a file, read in pieces, for films don't fit into memory; or of its first and last bytes alone,
 * which tell most files apart.
 */
function hashOf(path: string, part: "ends" | "whole"): string {
  const hash = createHash("sha256");
  const piece = Buffer.allocUnsafe(part === "whole" ? pieceBytes : endBytes);
  const file = openSync(path, "r");
  const add = (position: number | null): number => {
    const read = readSync(file, piece, 0, piece.length, position);
    hash.update(piece.subarray(0, read));
    return read;
  };
  try {
    if (part === "whole") while (add(null) > 0);
    else {
      add(0);
      add(Math.max(0, fstatSync(file).size - piece.length));
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
