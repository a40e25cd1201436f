/**
 * The safetensors format (github.com/huggingface/safetensors): an 8-byte little-endian header
 * length, a JSON header of {name: {dtype, shape, data_offsets}}, then the raw little-endian data.
 */
import { readFileSync } from "node:fs";
import { PolicyError } from "../core/errors.ts";
import { writeFileAtomic } from "../core/files.ts";
import { elementCount } from "./numpy-array.ts";

export type SafeArray = Float32Array | Int32Array | Uint32Array;

export interface SafeTensor {
  shape: readonly number[];
  data: SafeArray;
}

const arrayTypes = { F32: Float32Array, I32: Int32Array, U32: Uint32Array } as const;
type SafeDtype = keyof typeof arrayTypes;

interface HeaderEntry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/** The bytes of a safetensors file; tensors in the map's order. */
export function encodeSafetensors(tensors: ReadonlyMap<string, SafeTensor>): Uint8Array {
  const header: Record<string, HeaderEntry> = {};
  let size = 0;
  for (const [name, { shape, data }] of tensors) {
    header[name] = {
      dtype: dtypeOf(data),
      shape: [...shape],
      data_offsets: [size, size + data.byteLength],
    };
    size += data.byteLength;
  }
  const json = JSON.stringify(header);
  const text = Buffer.from(json.padEnd(Math.ceil(Buffer.byteLength(json) / 8) * 8, " "));
  const out = Buffer.alloc(8 + text.length + size);
  out.writeBigUInt64LE(BigInt(text.length), 0);
  text.copy(out, 8);
  let at = 8 + text.length;
  for (const { data } of tensors.values()) {
    out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return out;
}

export function writeSafetensors(path: string, tensors: ReadonlyMap<string, SafeTensor>): void {
  writeFileAtomic(path, encodeSafetensors(tensors));
}

/** @throws PolicyError naming the file when it is missing, cut off, or not of this format. */
export function readSafetensors(path: string): Map<string, SafeTensor> {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new PolicyError("CHECKPOINT_MISSING", "cannot read the tensors", { file: path, cause });
  }
  const { header, start } = readHeader(bytes, path);
  const tensors = new Map<string, SafeTensor>();
  for (const [name, entry] of Object.entries(header)) {
    if (name !== "__metadata__") tensors.set(name, readTensor(bytes, start, name, entry, path));
  }
  return tensors;
}

function readHeader(
  bytes: Buffer,
  file: string,
): { header: Record<string, HeaderEntry>; start: number } {
  const length = bytes.length < 8 ? Number.NaN : Number(bytes.readBigUInt64LE(0));
  if (!(8 + length <= bytes.length)) throw damaged(file, "its header is cut off");
  try {
    const header: unknown = JSON.parse(bytes.toString("utf8", 8, 8 + length));
    if (header === null || typeof header !== "object") throw new TypeError("header is no object");
    return { header: header as Record<string, HeaderEntry>, start: 8 + length };
  } catch (cause) {
    throw damaged(file, "its header is not JSON", cause);
  }
}

function readTensor(
  bytes: Buffer,
  start: number,
  name: string,
  entry: HeaderEntry,
  file: string,
): SafeTensor {
  const type = arrayTypes[entry?.dtype as SafeDtype];
  if (type === undefined) throw damaged(file, `tensor '${name}' has dtype ${entry?.dtype}`);
  const [from, to] = entry.data_offsets ?? [];
  if (!Array.isArray(entry.shape) || to - from !== 4 * elementCount(entry.shape) || from < 0) {
    throw damaged(file, `tensor '${name}' has a size that is not its shape's`);
  }
  if (start + to > bytes.length) throw damaged(file, `the data of tensor '${name}' is cut off`);
  // copied: the data may begin at any byte, a typed array only at a multiple of its element size
  const copy = new Uint8Array(bytes.subarray(start + from, start + to));
  return { shape: entry.shape, data: new type(copy.buffer) };
}

function dtypeOf(data: SafeArray): SafeDtype {
  if (data instanceof Float32Array) return "F32";
  return data instanceof Int32Array ? "I32" : "U32";
}

function damaged(file: string, what: string, cause?: unknown): PolicyError {
  return new PolicyError("CHECKPOINT_DAMAGED", `not a whole safetensors file: ${what}`, {
    file,
    hint: "load an earlier checkpoint",
    cause,
  });
}
