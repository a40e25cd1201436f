/**
 * The safetensors format (github.com/huggingface/safetensors): an 8-byte little-endian header
 * length, a JSON header of {name: {dtype, shape, data_offsets}}, then the raw little-endian data.
 */
import { writeFileAtomic } from "../core/files.ts";
import { damaged, readTensorBytes, readTensorTable } from "./safetensors-table.ts";

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

/**
 * All tensors of a file, of the types that `encodeSafetensors` writes.
 * @throws DataError `SAFETENSORS_MISSING`, `SAFETENSORS_DAMAGED`, naming the file
 */
export function readSafetensors(file: string): Map<string, SafeTensor> {
  const tensors = new Map<string, SafeTensor>();
  for (const [name, { dtype, shape }, bytes] of readTensorBytes(file, readTensorTable(file))) {
    const type = arrayTypes[dtype as SafeDtype];
    if (type === undefined) throw damaged(file, `tensor '${name}' has dtype ${dtype}`);
    tensors.set(name, { shape, data: new type(bytes.buffer) });
  }
  return tensors;
}

function dtypeOf(data: SafeArray): SafeDtype {
  if (data instanceof Float32Array) return "F32";
  return data instanceof Int32Array ? "I32" : "U32";
}
