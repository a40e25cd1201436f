import { type Dtype, decodeElements, elementBytes, parseDtype } from "../../arrays/dtype.ts";
import {
  checkOrder,
  elementCount,
  type NumpyArray,
  spend,
  toValue,
  type ValueBudget,
  valueCount,
} from "../../arrays/numpy-array.ts";
import { BenchError } from "../../core/errors.ts";

/** A Python name in a pickle: a marker, never code. */
export class PickleGlobal {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** An object of numpy under construction: `BUILD` fills it in. */
export class NumpyShell {
  dtype: Dtype | undefined;
  array: NumpyArray | undefined;
  /** The array as lists: made once, however often the pickle tells it again. */
  lists: { value: unknown } | undefined;
}

/** Old and new module names of numpy's internals are one. */
const allowed: ReadonlyMap<string, string> = new Map(
  [
    "numpy.ndarray",
    "numpy.dtype",
    "numpy.core.multiarray._reconstruct",
    "numpy.core.multiarray.scalar",
    "numpy.core.numeric._frombuffer",
    "_codecs.encode",
    "builtins.set",
    "builtins.frozenset",
  ].flatMap((name) => [
    [name, name],
    [name.replace("numpy.core.", "numpy._core."), name],
    [name.replace("builtins.", "__builtin__."), name],
  ]),
);

/**
 * @throws BenchError `PICKLE_GLOBAL` for every name that numpy arrays of plain data do not need.
 */
export function findGlobal(module: string, name: string): PickleGlobal {
  const known = allowed.get(`${module}.${name}`);
  if (known !== undefined) return new PickleGlobal(known);
  throw new BenchError("PICKLE_GLOBAL", `the pickle refers to '${module}.${name}'`, {
    hint: "only numpy arrays of dicts, lists, text and numbers are read, and nothing of a pickle is ever run; convert the file to JSON",
  });
}

/** What calling an allowed name gives. @throws DataError `ARRAY_LARGE` */
export function reduce(callee: unknown, args: readonly unknown[], budget: ValueBudget): unknown {
  const name = callee instanceof PickleGlobal ? callee.name : "";
  switch (name) {
    case "numpy.core.multiarray._reconstruct":
      return new NumpyShell();
    case "numpy.dtype":
      return dtypeShell(args[0]);
    case "numpy.core.multiarray.scalar":
      return scalar(args, budget);
    case "numpy.core.numeric._frombuffer":
      return frombuffer(args, budget);
    case "_codecs.encode":
      return encode(args, budget);
    case "builtins.set":
    case "builtins.frozenset":
      return setOf(args[0], budget);
    default:
      throw malformed("calls something that is no function");
  }
}

/**
 * `BUILD`: the state of a dtype is (version, byte order, …), that of an array (version, shape,
 * dtype, Fortran, data).
 */
export function build(target: unknown, state: unknown, budget: ValueBudget): void {
  if (!(target instanceof NumpyShell) || !Array.isArray(state)) {
    throw malformed("sets the state of something that has none");
  }
  if (target.dtype !== undefined && target.array === undefined) {
    target.dtype = { ...target.dtype, littleEndian: state[1] !== ">" };
    return;
  }
  const [, sizes, shell, isFortran, data] = state;
  const shape = shapeOf(sizes);
  checkOrder(shape, isFortran === true);
  target.array = { shape, values: elements(dtypeOf(shell), data, shape, budget) };
}

/** The finished value: arrays as lists, everything else as it is. */
export function finished(value: unknown): unknown {
  if (!(value instanceof NumpyShell) || value.array === undefined) return value;
  value.lists ??= { value: toValue(value.array) };
  return value.lists.value;
}

function dtypeShell(text: unknown): NumpyShell {
  if (typeof text !== "string") throw malformed("has a type without a name");
  const shell = new NumpyShell();
  shell.dtype = parseDtype(text);
  return shell;
}

function scalar([shell, data]: readonly unknown[], budget: ValueBudget): unknown {
  const dtype = dtypeOf(shell);
  return dtype.kind === "O" ? data : elements(dtype, data, [], budget)[0];
}

function frombuffer(
  [buffer, shell, sizes, order]: readonly unknown[],
  budget: ValueBudget,
): NumpyShell {
  const target = new NumpyShell();
  const dimensions = shapeOf(sizes);
  checkOrder(dimensions, order === "F");
  target.array = {
    shape: dimensions,
    values: elements(dtypeOf(shell), buffer, dimensions, budget),
  };
  return target;
}

/** Protocol 2 has no bytes: it writes them as text and asks for their encoding. */
function encode([text, encoding]: readonly unknown[], budget: ValueBudget): Uint8Array {
  if (typeof text !== "string" || encoding !== "latin1") throw malformed("encodes something else");
  spend(budget, text.length);
  return new Uint8Array(Buffer.from(text, "latin1"));
}

function setOf(items: unknown, budget: ValueBudget): Set<unknown> {
  if (!Array.isArray(items)) return new Set();
  spend(budget, items.length);
  return new Set(items);
}

function elements(
  dtype: Dtype,
  data: unknown,
  shape: readonly number[],
  budget: ValueBudget,
): unknown[] {
  const count = elementCount(shape);
  // a text of many characters counts for as many numbers as it fills
  spend(budget, valueCount(shape) + (count * elementBytes(dtype)) / 8);
  if (dtype.kind === "O") {
    if (!Array.isArray(data) || data.length !== count) throw malformed("has objects missing");
    return data.map(finished);
  }
  // Python 2 pickles hold the bytes as a string.
  const bytes = typeof data === "string" ? new Uint8Array(Buffer.from(data, "latin1")) : data;
  if (!(bytes instanceof Uint8Array)) throw malformed("has an array without data");
  return decodeElements(dtype, bytes, count);
}

function shapeOf(value: unknown): number[] {
  const isSize = (size: unknown) => Number.isSafeInteger(size) && (size as number) >= 0;
  if (Array.isArray(value) && value.every(isSize)) return value;
  throw malformed("has an array without shape");
}

function dtypeOf(shell: unknown): Dtype {
  if (shell instanceof NumpyShell && shell.dtype !== undefined) return shell.dtype;
  throw malformed("has an array without type");
}

export function malformed(what: string): BenchError {
  return new BenchError("PICKLE_MALFORMED", `the pickle ${what}`, {
    hint: "was the file written by numpy?",
  });
}
