import { readFileSync, statSync } from "node:fs";
import { crc32 } from "node:zlib";
import { type UnzipFileInfo, unzipSync } from "fflate";
import { DataError } from "../core/errors.ts";
import { limits, sizeText } from "../core/limits.ts";
import { zipChecksums } from "./zip-checksums.ts";

/** No DEFLATE stream grows more when it is unpacked; what claims more would only take memory. */
const mostGrowth = 1032;

/** An opened zip archive; members are unpacked when they are asked for. */
export interface ZipArchive {
  /** Bytes of each member once it is unpacked, by name. */
  sizes: ReadonlyMap<string, number>;
  /**
   * Unpacks members and checks their checksums.
   * @throws DataError `ZIP_DAMAGED`; `ZIP_LARGE` where they are more than `limits.unpackedBytes`
   */
  unpack(names: readonly string[]): Map<string, Uint8Array>;
}

/**
 * Opens an archive. Sizes are looked at before anything is unpacked.
 * @param what the kind of file, for messages: ".npz"
 * @throws DataError `ZIP_LARGE`, `ZIP_UNREADABLE`, `ZIP_TWICE`
 */
export function openZip(file: string, what: string): ZipArchive {
  const { size } = statSync(file);
  if (size > limits.zipBytes) {
    throw new DataError("ZIP_LARGE", `is an archive of ${sizeText(size)}`, {
      file,
      hint: `archives of at most ${sizeText(limits.zipBytes)} are read: divide it`,
    });
  }
  const whole = readFileSync(file);
  // A view: a copy of an archive of a gigabyte would cost another one.
  const bytes = new Uint8Array(whole.buffer, whole.byteOffset, whole.length);
  const { sizes, sums } = contentsOf(bytes, file, what);
  return {
    sizes,
    unpack(names) {
      const total = names.reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0);
      if (total > limits.unpackedBytes) throw tooLarge(total, file);
      const wanted = new Set(names);
      const found = scan(bytes, ({ name }) => wanted.has(name), file, what);
      for (const [name, data] of Object.entries(found)) {
        if (data.length !== sizes.get(name)) throw damaged(name, "has another size", file);
        if (crc32(data) !== sums.get(name)) throw damaged(name, "has another checksum", file);
      }
      return new Map(Object.entries(found));
    },
  };
}

function contentsOf(bytes: Uint8Array, file: string, what: string) {
  const sizes = new Map<string, number>();
  let packed = 0;
  const look = ({ name, size, originalSize }: UnzipFileInfo): boolean => {
    packed += size;
    if (packed > bytes.length || originalSize > mostGrowth * size + 64) {
      throw new TypeError(`the size of '${name}' cannot be true`);
    }
    if (sizes.has(name)) {
      throw new DataError("ZIP_TWICE", `holds two members called '${name}'`, { file });
    }
    sizes.set(name, originalSize);
    return false;
  };
  scan(bytes, look, file, what);
  const sums = zipChecksums(bytes);
  if (sums.size !== sizes.size) throw notWhole(file, what, new TypeError("its list is damaged"));
  return { sizes, sums };
}

function scan(
  bytes: Uint8Array,
  filter: (entry: UnzipFileInfo) => boolean,
  file: string,
  what: string,
): Record<string, Uint8Array> {
  try {
    return unzipSync(bytes, { filter });
  } catch (cause) {
    throw cause instanceof DataError ? cause : notWhole(file, what, cause);
  }
}

function notWhole(file: string, what: string, cause: unknown): DataError {
  const why = cause instanceof TypeError ? `: ${cause.message}` : "";
  const message = `not a whole zip archive, which a ${what} file is${why}`;
  const hint = "is it a Git LFS pointer, or cut off?";
  return new DataError("ZIP_UNREADABLE", message, { file, hint, cause });
}

function damaged(name: string, how: string, file: string): DataError {
  return new DataError("ZIP_DAMAGED", `its member '${name}' ${how} than was written`, {
    file,
    hint: "the file was damaged: copy or make it again",
  });
}

function tooLarge(total: number, file: string): DataError {
  return new DataError("ZIP_LARGE", `unpacks to ${sizeText(total)}`, {
    file,
    hint: `at most ${sizeText(limits.unpackedBytes)} are unpacked at once: divide it`,
  });
}
