import { decodeElements, elementBytes } from "../../arrays/dtype.ts";
import { readNpyHeader } from "../../arrays/npy.ts";
import { openNpz } from "../../arrays/npz.ts";
import {
  checkOrder,
  elementCount,
  spend,
  toValue,
  type ValueBudget,
  valueBudget,
  valueCount,
} from "../../arrays/numpy-array.ts";
import { BenchError, OppoError } from "../../core/errors.ts";
import { readPickle } from "./pickle.ts";

/**
 * Arrays of a `.npz` file by name: 0-d arrays as their element (dicts as `Map`), others as lists.
 * @throws DataError `ZIP_*`; BenchError `NPY_*`, `PICKLE_*`, `ARRAY_LARGE`; naming the file
 */
export function readNpz(file: string): Map<string, unknown> {
  const arrays = openNpz(file).unpack();
  const budget = valueBudget();
  const read = (bytes: Uint8Array) => inFile(file, () => readNpy(bytes, budget));
  return new Map([...arrays].map(([name, bytes]) => [name, read(bytes)]));
}

function inFile<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof OppoError)) throw error;
    const { hint } = error.details;
    const message = hint === undefined ? error.message : error.message.replace(` (${hint})`, "");
    throw new BenchError(error.code, message, { file, ...(hint && { hint }), cause: error });
  }
}

/** One `.npy` file. @throws DataError `NPY_*`, `ARRAY_LARGE`; BenchError `PICKLE_*` */
export function readNpy(bytes: Uint8Array, budget: ValueBudget = valueBudget()): unknown {
  const { dtype, isFortran, shape, dataStart } = readNpyHeader(bytes);
  checkOrder(shape, isFortran);
  const data = bytes.subarray(dataStart);
  if (dtype.kind === "O") return readPickle(data, budget);
  const count = elementCount(shape);
  spend(budget, valueCount(shape));
  return toValue({
    shape,
    values: decodeElements(dtype, data.subarray(0, count * elementBytes(dtype)), count),
  });
}
