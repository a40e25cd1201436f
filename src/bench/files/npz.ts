import { readFileSync } from "node:fs";
import { unzipSync } from "fflate";
import { decodeElements, elementBytes, parseDtype } from "../../arrays/dtype.ts";
import { checkOrder, elementCount, toValue } from "../../arrays/numpy-array.ts";
import { BenchError, OppoError } from "../../core/errors.ts";
import { readPickle } from "./pickle.ts";

/**
 * Arrays of a `.npz` file by name: 0-d arrays as their element (dicts as `Map`), others as lists.
 * @throws BenchError `NPZ_UNREADABLE`, `NPY_*`, `PICKLE_*`, naming the file
 */
export function readNpz(file: string): Map<string, unknown> {
  const arrays = new Map<string, unknown>();
  for (const [name, bytes] of Object.entries(unzip(file))) {
    if (!name.endsWith(".npy")) continue;
    arrays.set(
      name.slice(0, -4),
      inFile(file, () => readNpy(bytes)),
    );
  }
  return arrays;
}

function unzip(file: string): Record<string, Uint8Array> {
  try {
    return unzipSync(new Uint8Array(readFileSync(file)));
  } catch (cause) {
    throw new BenchError("NPZ_UNREADABLE", "not a zip archive, which a .npz file is", {
      file,
      hint: "is it a Git LFS pointer, or cut off?",
      cause,
    });
  }
}

function inFile<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof OppoError)) throw error;
    throw new BenchError(error.code, error.message, { file, cause: error });
  }
}

const magic = "\x93NUMPY";

/** One `.npy` file, of numpy's format 1, 2 or 3. @throws BenchError `NPY_HEADER` and what its parts throw */
export function readNpy(bytes: Uint8Array): unknown {
  const start = Buffer.from(bytes.subarray(0, 6)).toString("latin1");
  if (start !== magic || bytes.length < 12) throw badHeader("no numpy array");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isLong = bytes[6]! > 1;
  const headerStart = isLong ? 12 : 10;
  const headerEnd = headerStart + (isLong ? view.getUint32(8, true) : view.getUint16(8, true));
  const header = Buffer.from(bytes.subarray(headerStart, headerEnd)).toString("utf8");
  const { dtype, isFortran, shape } = parseHeader(header);
  checkOrder(shape, isFortran);
  const data = bytes.subarray(headerEnd);
  if (dtype.kind === "O") return readPickle(data);
  const count = elementCount(shape);
  return toValue({
    shape,
    values: decodeElements(dtype, data.subarray(0, count * elementBytes(dtype)), count),
  });
}

/** The header is a Python dict literal that numpy always writes in the same form. */
function parseHeader(header: string) {
  const descr = /'descr':\s*'([^']*)'/.exec(header)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const shape = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  if (descr === undefined || order === undefined || shape === undefined) {
    throw badHeader(`header not understood: ${header.trim().slice(0, 80)}`);
  }
  const sizes = shape.split(",").filter((size) => size.trim() !== "");
  return { dtype: parseDtype(descr), isFortran: order === "True", shape: sizes.map(Number) };
}

function badHeader(what: string): BenchError {
  return new BenchError("NPY_HEADER", what, { hint: "structured arrays are not supported" });
}
