import { BenchError, type ErrorDetails } from "../../core/errors.ts";

/** How the official Python code fails on an input; `compat` mode fails under the same name. */
export type PythonFailure = "KeyError" | "IndexError" | "TypeError";

const codes: Readonly<Record<PythonFailure, string>> = {
  KeyError: "PYTHON_KEY_ERROR",
  IndexError: "PYTHON_INDEX_ERROR",
  TypeError: "PYTHON_TYPE_ERROR",
};

export function pythonFailure(
  kind: PythonFailure,
  message: string,
  details: ErrorDetails = {},
): BenchError {
  return new BenchError(codes[kind], `${message}: the official code raises ${kind} here`, details);
}

/** The Python name of an error made by `pythonFailure`. */
export function pythonFailureOf(error: unknown): PythonFailure | undefined {
  if (!(error instanceof BenchError)) return undefined;
  return (Object.keys(codes) as PythonFailure[]).find((kind) => codes[kind] === error.code);
}
