import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { DataError } from "../core/errors.ts";
import { checkKeys } from "../core/json-keys.ts";
import { decodeText } from "../core/text.ts";
import { elementCount } from "./numpy-array.ts";

/** Bytes of one element of the types that are read. */
const elementBytes = { F64: 8, F32: 4, F16: 2, BF16: 2, I32: 4, U32: 4 } as const;
export type TensorType = keyof typeof elementBytes;

/** The format's own limit; a longer header is no header. */
const mostHeaderBytes = 100_000_000;

/** Where a tensor lies in its file, in bytes from the file's start. */
export interface TensorPlace {
  dtype: TensorType;
  shape: readonly number[];
  from: number;
  to: number;
}

/**
 * What a safetensors file says it holds, by name; only the header is read, and everything in it is
 * checked against the size of the file.
 * @throws DataError `SAFETENSORS_MISSING`, `SAFETENSORS_DAMAGED`, `TEXT_ENCODING`, `JSON_TWICE`, naming
 *   the file
 */
export function readTensorTable(file: string): Map<string, TensorPlace> {
  return withFile(file, (handle) => {
    const { size } = fstatSync(handle);
    const { header, start } = readHeader(handle, size, file);
    const table = new Map<string, TensorPlace>();
    for (const [name, entry] of Object.entries(header)) {
      if (name !== "__metadata__") table.set(name, checkEntry(name, entry, start, size, file));
    }
    checkPlaces(table, start, size, file);
    return table;
  });
}

/**
 * The little-endian bytes of some tensors of a file, one after the other, each in a buffer of its
 * own.
 */
export function* readTensorBytes(
  file: string,
  places: Iterable<readonly [string, TensorPlace]>,
): Generator<[name: string, place: TensorPlace, bytes: Uint8Array<ArrayBuffer>]> {
  const handle = openFile(file);
  try {
    for (const [name, place] of places) {
      const bytes = new Uint8Array(place.to - place.from);
      if (readSync(handle, bytes, 0, bytes.length, place.from) < bytes.length) {
        throw damaged(file, `the data of tensor '${name}' is cut off`);
      }
      yield [name, place, bytes];
    }
  } finally {
    closeSync(handle);
  }
}

export function damaged(file: string, what: string, cause?: unknown): DataError {
  return new DataError("SAFETENSORS_DAMAGED", `not a whole safetensors file: ${what}`, {
    file,
    cause,
  });
}

function readHeader(
  handle: number,
  size: number,
  file: string,
): { header: Record<string, unknown>; start: number } {
  const prefix = Buffer.alloc(8);
  const length =
    readSync(handle, prefix, 0, 8, 0) < 8 ? Number.NaN : Number(prefix.readBigUInt64LE());
  if (!(8 + length <= size && length <= mostHeaderBytes)) {
    throw damaged(file, "its header is cut off");
  }
  const text = Buffer.alloc(length);
  readSync(handle, text, 0, length, 8);
  try {
    const json = decodeText(text, file);
    const header: unknown = JSON.parse(json);
    if (header === null || typeof header !== "object") throw new TypeError("header is no object");
    checkKeys(json, header, { file });
    return { header: header as Record<string, unknown>, start: 8 + length };
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    throw damaged(file, "its header is not JSON", cause);
  }
}

function checkEntry(
  name: string,
  entry: unknown,
  start: number,
  size: number,
  file: string,
): TensorPlace {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  if (!Object.hasOwn(elementBytes, String(dtype))) {
    throw damaged(file, `tensor '${name}' has dtype ${dtype}, which is not read here`);
  }
  const width = elementBytes[dtype as TensorType];
  if (!isSizes(shape) || !isSizes(offsets) || offsets.length !== 2) {
    throw damaged(file, `tensor '${name}' has no shape or no place`);
  }
  const [from, to] = offsets as [number, number];
  if (to - from !== width * countOf(shape, name, file)) {
    throw damaged(file, `tensor '${name}' has a size that is not its shape's`);
  }
  if (start + to > size) throw damaged(file, `the data of tensor '${name}' is cut off`);
  return { dtype: dtype as TensorType, shape, from: start + from, to: start + to };
}

function countOf(shape: readonly number[], name: string, file: string): number {
  try {
    return elementCount(shape);
  } catch (cause) {
    throw damaged(file, `tensor '${name}': ${(cause as Error).message}`, cause);
  }
}

/** Tensors lie one after the other, without gap or overlap: the format itself wants it so. */
function checkPlaces(
  table: ReadonlyMap<string, TensorPlace>,
  start: number,
  size: number,
  file: string,
): void {
  let end = start;
  for (const [name, { from, to }] of [...table].sort(byPlace)) {
    if (from !== end) {
      const how = from < end ? "lies in another tensor's place" : "lies behind bytes of none";
      throw damaged(file, `tensor '${name}' ${how}`);
    }
    end = to;
  }
  if (end !== size) throw damaged(file, `${size - end} bytes at its end belong to no tensor`);
}

/** One without elements comes before the one that begins where it does. */
const byPlace = ([, a]: [string, TensorPlace], [, b]: [string, TensorPlace]): number =>
  a.from - b.from || a.to - b.to;

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function openFile(file: string): number {
  try {
    return openSync(file, "r");
  } catch (cause) {
    throw new DataError("SAFETENSORS_MISSING", "cannot read the tensors", { file, cause });
  }
}

function withFile<T>(file: string, use: (handle: number) => T): T {
  const handle = openFile(file);
  try {
    return use(handle);
  } finally {
    closeSync(handle);
  }
}
