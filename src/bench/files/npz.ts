import { decodeElements, elementBytes } from "../../arrays/dtype.ts";
import { readNpyHeader } from "../../arrays/npy.ts";
import { openNpz } from "../../arrays/npz.ts";
import { checkOrder, elementCount, toValue } from "../../arrays/numpy-array.ts";
import { BenchError, OppoError } from "../../core/errors.ts";
import { readPickle } from "./pickle.ts";

/**
 * Arrays of a `.npz` file by name: 0-d arrays as their element (dicts as `Map`), others as lists.
 * @throws DataError `NPZ_UNREADABLE`; BenchError `NPY_*`, `PICKLE_*`; naming the file
 */
export function readNpz(file: string): Map<string, unknown> {
  const arrays = openNpz(file).unpack();
  return new Map([...arrays].map(([name, bytes]) => [name, inFile(file, () => readNpy(bytes))]));
}

function inFile<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof OppoError)) throw error;
    throw new BenchError(error.code, error.message, { file, cause: error });
  }
}

/** One `.npy` file. @throws DataError `NPY_*`, BenchError `PICKLE_*` */
export function readNpy(bytes: Uint8Array): unknown {
  const { dtype, isFortran, shape, dataStart } = readNpyHeader(bytes);
  checkOrder(shape, isFortran);
  const data = bytes.subarray(dataStart);
  if (dtype.kind === "O") return readPickle(data);
  const count = elementCount(shape);
  return toValue({
    shape,
    values: decodeElements(dtype, data.subarray(0, count * elementBytes(dtype)), count),
  });
}
