import { statSync } from "node:fs";
import { DataError } from "../../core/errors.ts";
import { sha256 } from "../../core/files.ts";
import { decodeText, readTextBytes } from "../../core/text.ts";

/** Text of a user's file, and the hash of its bytes. */
export interface ListText {
  text: string;
  sha256: string;
}

/**
 * Reads a list as text. @throws DataError `LIST_MISSING`, `LIST_FOLDER`, `LIST_EMPTY`; as
 * `readText`
 */
export function readListText(file: string): ListText {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) throw new DataError("LIST_MISSING", "no such file", { file });
  if (found.isDirectory()) throw new DataError("LIST_FOLDER", "is a folder, not a file", { file });
  const bytes = readTextBytes(file);
  const text = decodeText(bytes, file);
  if (text.trim() === "") {
    throw new DataError("LIST_EMPTY", bytes.length === 0 ? "is empty: 0 bytes" : "holds no text", {
      file,
      hint: "a list has one row a clip",
    });
  }
  return { text, sha256: sha256(bytes) };
}
