import { DataError, type OppoError } from "../../core/errors.ts";
import { listed } from "./streams.ts";

/** What went wrong with one clip, or with several that share a file. */
export interface Failure {
  ids: readonly string[];
  error: OppoError;
}

/** The most failures that a message names. */
const mostNamed = 20;

/** All failures in one error: a list is mended once, not once a clip. */
export function failuresError(
  code: string,
  what: string,
  hint: string,
  failures: readonly Failure[],
): DataError {
  const lines = failures.slice(0, mostNamed).map(({ ids, error }) => {
    const clips = listed(
      ids.map((id) => `'${id}'`),
      3,
    );
    return `  ${clips}: ${error.message}`;
  });
  const clips = new Set(failures.flatMap(({ ids }) => ids)).size;
  const more = failures.length - mostNamed;
  if (more > 0) lines.push(`  … and ${more} more`);
  return new DataError(code, `${clips} of ${what}:\n${lines.join("\n")}\n`, {
    hint,
    cause: failures[0]!.error,
  });
}

/** The error with the file, and the array in it, where it does not say so itself. */
export function placed(error: OppoError, file: string, array = ""): OppoError {
  if (error.details.file !== undefined) return error;
  const named = new DataError(error.code, error.message, { file, cause: error });
  named.message = `${file}: ${array && `array '${array}' `}${error.message}`;
  return named;
}
