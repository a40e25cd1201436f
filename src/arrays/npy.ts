import { DataError } from "../core/errors.ts";
import { type Dtype, parseDtype } from "./dtype.ts";

/** What a `.npy` file says of its array; the elements begin at `dataStart`. */
export interface NpyHeader {
  dtype: Dtype;
  isFortran: boolean;
  shape: readonly number[];
  dataStart: number;
}

const magic = "\x93NUMPY";

export const isNpy = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.subarray(0, 6)).toString("latin1") === magic;

/** Reads the header of numpy's format 1, 2 or 3. @throws DataError `NPY_HEADER`, `NPY_DTYPE` */
export function readNpyHeader(bytes: Uint8Array): NpyHeader {
  if (!isNpy(bytes) || bytes.length < 12) throw badHeader("no numpy array");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isLong = bytes[6]! > 1;
  const start = isLong ? 12 : 10;
  const dataStart = start + (isLong ? view.getUint32(8, true) : view.getUint16(8, true));
  const header = Buffer.from(bytes.subarray(start, dataStart)).toString("utf8");
  return { ...parseHeader(header), dataStart };
}

/** The bytes of a `.npy` file of format 1.0: an array of float32 or float64, row-major. */
export function encodeNpy(shape: readonly number[], data: Float32Array | Float64Array): Uint8Array {
  const descr = data instanceof Float64Array ? "<f8" : "<f4";
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const dict = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${sizes}), }`;
  // numpy ends the header with a line feed where the data can be aligned to 64 bytes
  const length = Math.ceil((10 + dict.length + 1) / 64) * 64 - 10;
  const start = Buffer.from([0x93, ...Buffer.from("NUMPY"), 1, 0, length & 255, length >> 8]);
  const header = Buffer.from(`${dict.padEnd(length - 1)}\n`);
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return new Uint8Array(Buffer.concat([start, header, bytes]));
}

/** The header is a Python dict literal that numpy always writes in the same form. */
function parseHeader(header: string): Omit<NpyHeader, "dataStart"> {
  const descr = /'descr':\s*'([^']*)'/.exec(header)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const shape = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  if (descr === undefined || order === undefined || shape === undefined) {
    throw badHeader(`header not understood: ${header.trim().slice(0, 80)}`);
  }
  const sizes = shape.split(",").filter((size) => size.trim() !== "");
  return { dtype: parseDtype(descr), isFortran: order === "True", shape: sizes.map(Number) };
}

function badHeader(what: string): DataError {
  return new DataError("NPY_HEADER", what, { hint: "structured arrays are not supported" });
}
