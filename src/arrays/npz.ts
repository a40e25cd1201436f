import { readFileSync, statSync } from "node:fs";
import { type UnzipFileInfo, unzipSync } from "fflate";
import { DataError } from "../core/errors.ts";

/** No DEFLATE stream grows more when it is unpacked; what claims more would only take memory. */
const mostGrowth = 1032;
/** Node reads no larger file into one buffer. */
const mostBytes = 2 ** 31 - 1;

/** An opened `.npz` archive: `.npy` files by the names of their arrays. */
export interface NpzArchive {
  names: readonly string[];
  /** Unpacks the named arrays' files; without names all of them. */
  unpack(names?: ReadonlySet<string>): Map<string, Uint8Array>;
}

/**
 * Opens an archive; arrays are unpacked when they are asked for.
 * @throws DataError `NPZ_UNREADABLE`
 */
export function openNpz(file: string): NpzArchive {
  if (statSync(file).size > mostBytes) {
    throw new DataError("NPZ_LARGE", "an archive of more than 2 GiB is not read", {
      file,
      hint: "save one file per clip, or safetensors, which are read tensor by tensor",
    });
  }
  const whole = readFileSync(file);
  // A view: a copy of an archive of a gigabyte would cost another one.
  const bytes = new Uint8Array(whole.buffer, whole.byteOffset, whole.length);
  const names: string[] = [];
  let packed = 0;
  scan(file, bytes, (entry) => {
    packed += entry.size;
    if (packed > bytes.length || entry.originalSize > mostGrowth * entry.size + 64) {
      throw new TypeError(`the size of '${entry.name}' cannot be true`);
    }
    if (entry.name.endsWith(".npy")) names.push(arrayName(entry.name));
    return false;
  });
  const unpack = (wanted?: ReadonlySet<string>): Map<string, Uint8Array> => {
    const files = scan(
      file,
      bytes,
      ({ name }) => name.endsWith(".npy") && (wanted?.has(arrayName(name)) ?? true),
    );
    return new Map(Object.entries(files).map(([name, data]) => [arrayName(name), data]));
  };
  return { names, unpack };
}

const arrayName = (entry: string): string => entry.slice(0, -".npy".length);

function scan(
  file: string,
  bytes: Uint8Array,
  filter: (entry: UnzipFileInfo) => boolean,
): Record<string, Uint8Array> {
  try {
    return unzipSync(bytes, { filter });
  } catch (cause) {
    const why = cause instanceof TypeError ? `: ${cause.message}` : "";
    throw new DataError("NPZ_UNREADABLE", `not a whole zip archive, which a .npz file is${why}`, {
      file,
      hint: "is it a Git LFS pointer, or cut off?",
      cause,
    });
  }
}
