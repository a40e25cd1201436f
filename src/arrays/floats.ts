import { endianness } from "node:os";
import { DataError } from "../core/errors.ts";
import { type Dtype, elementBytes } from "./dtype.ts";
import { readNpyHeader } from "./npy.ts";
import { elementCount } from "./numpy-array.ts";
import type { TensorPlace } from "./safetensors-table.ts";

/** An array of floating-point numbers as it lies in its file. */
export interface FloatArray {
  shape: readonly number[];
  /** Elements in column-major order (numpy's `fortran_order`). */
  isFortran: boolean;
  values: Float32Array | Float64Array;
}

const machineIsLittleEndian = endianness() === "LE";

type FloatType = "f2" | "bf16" | "f4" | "f8";
const widths = { f2: 2, bf16: 2, f4: 4, f8: 8 } as const;

/**
 * The array of one `.npy` file, of float16, float32 or float64. Nothing is allocated before the
 * data is known to be as long as the shape says.
 * @throws DataError `NPY_HEADER`, `NPY_DTYPE`, `NPY_SHAPE`, `NPY_SHORT`, `NPY_LONG`
 */
export function npyFloats(bytes: Uint8Array): FloatArray {
  const { dtype, isFortran, shape, dataStart } = readNpyHeader(bytes);
  const type = floatType(dtype);
  const data = bytes.subarray(dataStart);
  const wanted = elementCount(shape) * elementBytes(dtype);
  if (data.length !== wanted) {
    const short = data.length < wanted;
    throw new DataError(
      short ? "NPY_SHORT" : "NPY_LONG",
      `the header promises ${wanted} bytes of data, the file holds ${data.length}`,
      { hint: short ? "the file is cut off" : "save one array per file" },
    );
  }
  return { shape, isFortran, values: decodeFloats(type, data, dtype.littleEndian) };
}

/**
 * A tensor of safetensors, of float16, bfloat16, float32 or float64.
 * @throws DataError `TENSOR_DTYPE`
 */
export function tensorFloats({ dtype, shape }: TensorPlace, bytes: Uint8Array): FloatArray {
  const types = { F16: "f2", BF16: "bf16", F32: "f4", F64: "f8" } as const;
  if (dtype === "I32" || dtype === "U32") {
    throw new DataError("TENSOR_DTYPE", `holds whole numbers (${dtype})`, { hint: saveFloats });
  }
  return { shape, isFortran: false, values: decodeFloats(types[dtype], bytes, true) };
}

const saveFloats = "save it as float16, float32 or float64";

function floatType({ kind, size }: Dtype): FloatType {
  const type = `${kind}${size}`;
  if (type === "f2" || type === "f4" || type === "f8") return type;
  const what = { O: "Python objects", U: "text", S: "bytes", b: "truth values" } as const;
  const held = kind in what ? what[kind as keyof typeof what] : `numbers of type ${type}`;
  throw new DataError("NPY_DTYPE", `holds ${held}`, { hint: saveFloats });
}

/** Decodes all elements; float64 stays float64, the others are exact in float32. */
export function decodeFloats(
  type: FloatType,
  bytes: Uint8Array,
  littleEndian: boolean,
): Float32Array | Float64Array {
  if (littleEndian === machineIsLittleEndian) {
    // Copied: the data may begin at any byte, a typed array only at a multiple of its element size.
    const { buffer } = new Uint8Array(bytes);
    if (type === "f4") return new Float32Array(buffer);
    if (type === "f8") return new Float64Array(buffer);
  }
  const count = bytes.length / widths[type];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const out = type === "f8" ? new Float64Array(count) : new Float32Array(count);
  for (let i = 0; i < count; i++) out[i] = readers[type](view, i, littleEndian);
  return out;
}

const readers: Record<FloatType, (view: DataView, i: number, littleEndian: boolean) => number> = {
  f2: (view, i, littleEndian) => halves()[view.getUint16(2 * i, littleEndian)]!,
  bf16: (view, i, littleEndian) => brain(view.getUint16(2 * i, littleEndian)),
  f4: (view, i, littleEndian) => view.getFloat32(4 * i, littleEndian),
  f8: (view, i, littleEndian) => view.getFloat64(8 * i, littleEndian),
};

const bits = new Uint32Array(1);
const asFloat = new Float32Array(bits.buffer);

/** bfloat16 is the upper half of a float32. */
function brain(half: number): number {
  bits[0] = half << 16;
  return asFloat[0]!;
}

let table: Float32Array | undefined;

/** Every float16 by its bits; made when the first is read. */
function halves(): Float32Array {
  table ??= Float32Array.from({ length: 1 << 16 }, (_, half) => {
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
  return table;
}
