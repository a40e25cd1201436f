import { DataError } from "../core/errors.ts";

/** Element type of a numpy array. */
export interface Dtype {
  kind: "f" | "i" | "u" | "b" | "U" | "S" | "O";
  /** Bytes an element; characters for `U`. */
  size: number;
  littleEndian: boolean;
}

/**
 * Reads a type string: "<f8", "|b1", "<U12", "|O", "f4".
 * @throws DataError `NPY_DTYPE` for others
 */
export function parseDtype(text: string): Dtype {
  const match = /^([<>|=]?)(?:(O)\d*|([fiubUS])([1-9]\d*))$/.exec(text);
  if (match === null) {
    throw new DataError("NPY_DTYPE", `arrays of type '${text}' are not supported`, {
      hint: "save it as numbers, text or objects",
    });
  }
  const kind = (match[2] ?? match[3]) as Dtype["kind"];
  return { kind, size: Number(match[4] ?? 0), littleEndian: match[1] !== ">" };
}

/** Bytes that one element takes. */
export function elementBytes({ kind, size }: Dtype): number {
  return kind === "U" ? 4 * size : size;
}

/**
 * Decodes `count` elements; 64-bit integers beyond 2^53 come as bigint.
 * @throws DataError `NPY_SHORT`
 */
export function decodeElements(dtype: Dtype, bytes: Uint8Array, count: number): unknown[] {
  const width = elementBytes(dtype);
  if (bytes.length < width * count) {
    throw new DataError(
      "NPY_SHORT",
      `array data ends after ${bytes.length} of ${width * count} bytes`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: count }, (_, index) => decodeElement(dtype, view, index * width));
}

function decodeElement(dtype: Dtype, view: DataView, at: number): unknown {
  const { kind, size, littleEndian } = dtype;
  switch (`${kind}${size}`) {
    case "f4":
      return view.getFloat32(at, littleEndian);
    case "f8":
      return view.getFloat64(at, littleEndian);
    case "b1":
      return view.getUint8(at) !== 0;
    case "i1":
      return view.getInt8(at);
    case "i2":
      return view.getInt16(at, littleEndian);
    case "i4":
      return view.getInt32(at, littleEndian);
    case "i8":
      return safeNumber(view.getBigInt64(at, littleEndian));
    case "u1":
      return view.getUint8(at);
    case "u2":
      return view.getUint16(at, littleEndian);
    case "u4":
      return view.getUint32(at, littleEndian);
    case "u8":
      return safeNumber(view.getBigUint64(at, littleEndian));
  }
  if (kind === "U") return decodeText(view, at, size, littleEndian);
  if (kind === "S") return decodeBytes(view, at, size);
  throw new DataError("NPY_DTYPE", `arrays of type '${kind}${size}' are not supported`);
}

export function safeNumber(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Fixed-width text is padded with zeros at the end. */
function decodeText(view: DataView, at: number, length: number, littleEndian: boolean): string {
  let text = "";
  for (let i = 0; i < length; i++) {
    const point = view.getUint32(at + 4 * i, littleEndian);
    if (point > 0x10ffff) throw new DataError("NPY_TEXT", "array text holds no Unicode characters");
    text += String.fromCodePoint(point);
  }
  return text.replace(/\0+$/, "");
}

function decodeBytes(view: DataView, at: number, length: number): string {
  const bytes = new Uint8Array(view.buffer, view.byteOffset + at, length);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(bytes)
      .replace(/\0+$/, "");
  } catch (cause) {
    throw new DataError("NPY_TEXT", "array text is not UTF-8", {
      hint: "save it as text (dtype U), not as bytes (dtype S)",
      cause,
    });
  }
}
