import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { type FloatArray, npyFloats, tensorFloats } from "../../arrays/floats.ts";
import { isNpy } from "../../arrays/npy.ts";
import { openNpz } from "../../arrays/npz.ts";
import { readTensorBytes, readTensorTable } from "../../arrays/safetensors-table.ts";
import { DataError } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";

/** A file of arrays, opened. */
export interface ArrayFile {
  /** Names of its arrays; null where it is one array without a name (`.npy`). */
  names: readonly string[] | null;
  /** Reads some arrays, each when it is asked for; a thunk throws what is wrong with its array. */
  read(names: readonly string[]): Iterable<[name: string, array: () => FloatArray]>;
}

/** Arrays and bytes read from a `.npz` at a time: all would hold a whole data set in memory. */
const batch = { arrays: 64, bytes: limits.unpackedBytes / 4 };

const cure =
  "features are read from .npy, .npz and .safetensors; " +
  "in Python: numpy.save(path, features.cpu().numpy())";

/**
 * Opens `.npy`, `.npz` or `.safetensors`, told apart by content.
 * @throws DataError `FEATURES_MISSING`, `FEATURES_FORMAT`, and those of the format, naming the file
 */
export function openArrayFile(file: string): ArrayFile {
  if (!existsSync(file)) throw new DataError("FEATURES_MISSING", "no such file", { file });
  if (statSync(file).isDirectory()) {
    throw new DataError("FEATURES_FORMAT", "is a folder", { file, hint: "name a file in it" });
  }
  const start = firstBytes(file);
  if (isNpy(start)) {
    const read: ArrayFile["read"] = (names) =>
      names.map((name) => [name, () => npyFloats(readWhole(file))]);
    return { names: null, read };
  }
  if (start.toString("latin1", 0, 2) === "PK") return npzFile(file);
  if (start.toString("latin1", 8, 9) === "{") return tensorFile(file);
  const empty = start.length === 0;
  throw new DataError("FEATURES_FORMAT", empty ? "is empty" : "holds no arrays that are read", {
    file,
    hint: cure,
  });
}

function npzFile(file: string): ArrayFile {
  const { names, sizes, unpack } = openNpz(file);
  if (names.length === 0) {
    throw new DataError("FEATURES_FORMAT", "is a zip archive without .npy arrays", {
      file,
      hint: `is it PyTorch's? ${cure}`,
    });
  }
  function* read(wanted: readonly string[]): ReturnType<ArrayFile["read"]> & Generator {
    for (const some of batches(wanted, sizes)) {
      const arrays = unpack(some);
      for (const name of some) yield [name, () => npyFloats(arrays.get(name)!)];
    }
  }
  return { names, read };
}

function* batches(names: readonly string[], sizes: ReadonlyMap<string, number>) {
  let some: string[] = [];
  let bytes = 0;
  for (const name of names) {
    const size = sizes.get(name) ?? 0;
    if (some.length === batch.arrays || (some.length > 0 && bytes + size > batch.bytes)) {
      yield some;
      [some, bytes] = [[], 0];
    }
    some.push(name);
    bytes += size;
  }
  if (some.length > 0) yield some;
}

function tensorFile(file: string): ArrayFile {
  const table = readTensorTable(file);
  function* read(wanted: readonly string[]): ReturnType<ArrayFile["read"]> & Generator {
    const places = wanted.map((name) => [name, table.get(name)!] as const);
    for (const [name, place, bytes] of readTensorBytes(file, places)) {
      yield [name, () => tensorFloats(place, bytes)];
    }
  }
  return { names: [...table.keys()], read };
}

function firstBytes(file: string): Buffer {
  const bytes = Buffer.alloc(16);
  return readable(file, () => {
    const handle = openSync(file, "r");
    try {
      return bytes.subarray(0, readSync(handle, bytes));
    } finally {
      closeSync(handle);
    }
  });
}

const readWhole = (file: string): Uint8Array => readable(file, () => readFileSync(file));

/** What the system says against a file (rights, size) belongs to the clip, not to the program. */
function readable<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new DataError("FEATURES_UNREADABLE", (cause as Error).message, { file, cause });
  }
}
