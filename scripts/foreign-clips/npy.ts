import { writeFileAtomic } from "../../src/core/files.ts";

/** A [rows, columns] matrix, row-major. */
export interface Matrix {
  rows: number;
  columns: number;
  data: Float32Array;
}

/** Writes a matrix as numpy's `.npy`, version 1.0, little-endian. */
export function writeNpy(path: string, matrix: Matrix, type: "float32" | "float16"): void {
  const { rows, columns, data } = matrix;
  const descr = type === "float32" ? "<f4" : "<f2";
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`;
  // Magic, version and length take ten bytes; numpy wants the values to begin at a multiple of 64.
  const header = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`;
  const size = type === "float32" ? 4 : 2;
  const bytes = Buffer.alloc(10 + header.length + data.length * size);
  bytes.write("\x93NUMPY\x01\x00", 0, "latin1");
  bytes.writeUInt16LE(header.length, 8);
  bytes.write(header, 10, "latin1");
  data.forEach((value, index) => {
    const at = 10 + header.length + index * size;
    if (size === 4) bytes.writeFloatLE(value, at);
    else bytes.writeUInt16LE(toHalf(value), at);
  });
  writeFileAtomic(path, bytes);
}

/** The bits of the nearest half-precision number; ties go to the even one. */
export function toHalf(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  if (size >= 2 ** 16) return sign | 0x7c00;
  // Numbers below 2^-14 share its exponent: their step is 2^-24.
  const exponent = Math.max(-14, Math.floor(Math.log2(size)));
  const steps = roundEven(size / 2 ** (exponent - 10));
  const bits = size === 0 ? 0 : (exponent + 14) * 1024 + steps;
  return sign | Math.min(bits, 0x7c00);
}

function roundEven(x: number): number {
  const low = Math.floor(x);
  const rest = x - low;
  return rest > 0.5 || (rest === 0.5 && low % 2 === 1) ? low + 1 : low;
}
