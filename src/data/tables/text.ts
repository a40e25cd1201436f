import { readFileSync, statSync } from "node:fs";
import { DataError } from "../../core/errors.ts";
import { sha256 } from "../../core/files.ts";

/** Above this a file does not fit one JavaScript string. */
const largest = 500 * 2 ** 20;

/** Text of a user's file, and the hash of its bytes. */
export interface ListText {
  text: string;
  sha256: string;
}

/**
 * Reads a text file as UTF-8, without a byte order mark.
 * @throws DataError `LIST_MISSING`, `LIST_FOLDER`, `LIST_TOO_LARGE`, `LIST_EMPTY`, and
 *   `LIST_ENCODING` for bytes of another encoding: read as UTF-8, different words would become
 *   equal without a word.
 */
export function readListText(file: string): ListText {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) throw new DataError("LIST_MISSING", "no such file", { file });
  if (!found.isFile()) throw new DataError("LIST_FOLDER", "is a folder, not a file", { file });
  if (found.size > largest) {
    throw new DataError("LIST_TOO_LARGE", `has ${Math.round(found.size / 2 ** 20)} MiB`, {
      file,
      hint: `at most ${largest / 2 ** 20} MiB are read: divide it into several lists`,
    });
  }
  const bytes = readFileSync(file);
  const text = decoded(bytes, file);
  if (text.trim() === "") {
    throw new DataError("LIST_EMPTY", bytes.length === 0 ? "is empty: 0 bytes" : "holds no text", {
      file,
      hint: "a list has one row a clip",
    });
  }
  return { text, sha256: sha256(bytes) };
}

function decoded(bytes: Buffer, file: string): string {
  const refuse = (what: string): never => {
    throw new DataError("LIST_ENCODING", what, { file, hint: "save it as UTF-8" });
  };
  const [first, second] = bytes;
  const utf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  if (utf16 || bytes.subarray(0, 1024).includes(0)) refuse("is UTF-16, or no text at all");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return refuse("is not UTF-8 (perhaps GBK or Latin-1, as Excel writes)");
  }
}
