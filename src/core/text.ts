import { readFileSync, statSync } from "node:fs";
import { DataError, OppoError } from "./errors.ts";
import { limits, sizeText } from "./limits.ts";

/**
 * Text of a file that somebody hands in: UTF-8 with or without a byte order mark, or UTF-16 by its
 * mark. Every reader of such files takes its text from here.
 * @throws OppoError `FILE_MISSING`, `FILE_FOLDER`, `FILE_UNREADABLE`; DataError `TEXT_LARGE`, and as
 *   `decodeText`
 */
export function readText(file: string): string {
  return decodeText(readTextBytes(file), file);
}

/** Bytes of a text file, for `decodeText`. @throws as `readText`, but for the encoding */
export function readTextBytes(file: string): Buffer {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) throw new OppoError("FILE_MISSING", "no such file", { file });
  if (found.isDirectory()) {
    throw new OppoError("FILE_FOLDER", "is a folder, not a file", { file });
  }
  checkTextSize(found.size, file);
  try {
    const bytes = readFileSync(file);
    // a pipe says that it holds 0 bytes
    checkTextSize(bytes.length, file);
    return bytes;
  } catch (cause) {
    if (cause instanceof OppoError) throw cause;
    throw new OppoError("FILE_UNREADABLE", `cannot be read: ${(cause as Error).message}`, {
      file,
      cause,
    });
  }
}

/** @throws DataError `TEXT_LARGE` */
function checkTextSize(size: number, file: string): void {
  if (size <= limits.textBytes) return;
  throw new DataError("TEXT_LARGE", `has ${sizeText(size)}`, {
    file,
    hint: `at most ${sizeText(limits.textBytes)} of text are read: divide it into several files`,
  });
}

/**
 * Bytes as text, without a byte order mark.
 * @throws DataError `TEXT_ENCODING` naming the first byte that is of another encoding: read as
 *   UTF-8, different words would become equal, and nobody would be told.
 */
export function decodeText(bytes: Uint8Array, file: string): string {
  const encoding = encodingOf(bytes);
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw encoding === "utf-8" ? notUtf8(bytes, file) : notUtf16(file);
  }
  const zero = text.indexOf("\0");
  if (zero !== -1) throw holdsZero(text, zero, file);
  return text;
}

function encodingOf([first, second]: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
}

const cure = "save it as UTF-8";

function notUtf8(bytes: Uint8Array, file: string): DataError {
  const at = firstBadByte(bytes);
  let line = 1;
  for (let end = bytes.indexOf(10); end !== -1 && end < at; end = bytes.indexOf(10, end + 1))
    line++;
  const shown = bytes[at]!.toString(16).padStart(2, "0");
  return new DataError(
    "TEXT_ENCODING",
    `is not UTF-8: byte ${at + 1} (0x${shown}) belongs to another encoding, perhaps GBK or Latin-1, as Excel writes`,
    { file, line, hint: cure },
  );
}

/** Place of the first byte that a decoder replaces: a U+FFFD that does not stand in the bytes. */
function firstBadByte(bytes: Uint8Array): number {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  let byte = 0;
  for (let from = 0; ; ) {
    const found = text.indexOf("\uFFFD", from);
    byte += Buffer.byteLength(text.slice(from, found));
    if (buffer.toString("latin1", byte, byte + 3) !== "\xEF\xBF\xBD") return byte;
    byte += 3;
    from = found + 1;
  }
}

const notUtf16 = (file: string): DataError =>
  new DataError("TEXT_ENCODING", "begins as UTF-16 does, and is not UTF-16", { file, hint: cure });

function holdsZero(text: string, at: number, file: string): DataError {
  const line = text.slice(0, at).split("\n").length;
  const message = "holds a zero character: it is UTF-16 or UTF-32 without its mark, or no text";
  return new DataError("TEXT_ENCODING", message, { file, line, hint: cure });
}
