import { createHash } from "node:crypto";
import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { sha256 } from "../../core/files.ts";
import type { ClipMedia } from "../clip-row.ts";
import { mediaFile, type StreamName } from "./streams.ts";

const chunk = Buffer.alloc(1 << 16);

/** SHA-256 (hex) of what is in a file of any size; "" where there is no such file. */
export function fileHash(file: string): string {
  if (!existsSync(file) || !statSync(file).isFile()) return "";
  const hash = createHash("sha256");
  const handle = openSync(file, "r");
  try {
    for (let read = readSync(handle, chunk); read > 0; read = readSync(handle, chunk)) {
      hash.update(chunk.subarray(0, read));
    }
  } finally {
    closeSync(handle);
  }
  return hash.digest("hex");
}

/**
 * Hash of the files that the given streams of a clip are decoded from: another picture or another
 * sound, another hash. "" where one of them is missing.
 */
export function mediaContent(media: ClipMedia, needed: readonly StreamName[]): string {
  const files = new Set(needed.flatMap((stream) => mediaFile(media, stream) ?? []));
  const hashes = [...files].map(fileHash);
  if (hashes.includes("")) return "";
  return hashes.length === 1 ? hashes[0]! : sha256(hashes.join("\n"));
}
