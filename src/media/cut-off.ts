import { closeSync, openSync, readSync, statSync } from "node:fs";
import { MediaError } from "../core/errors.ts";

/**
 * A container may announce this much more than it holds (rounding, encoder padding), in seconds.
 */
const endSlack = 0.2;

const hint = "the file is cut off: copy or generate it again";

/**
 * @throws MediaError `MEDIA_TRUNCATED` where what was found ends before what was announced
 *   (seconds).
 */
export function refuseShort(path: string, what: string, end: number, announced: number): void {
  if (end >= announced - endSlack) return;
  throw new MediaError(
    "MEDIA_TRUNCATED",
    `${what} ends at ${end.toFixed(2)} s, ${announced.toFixed(2)} s are announced`,
    { file: path, hint },
  );
}

/**
 * Wav and avi files say in their first bytes how long they are; readers take what there is without
 * a word.
 * @throws MediaError `MEDIA_TRUNCATED` where the file holds less.
 */
export function refuseCutRiff(path: string): void {
  refuseCut(path, riff);
}

/**
 * As `refuseCutRiff`, for Matroska: what there is can be decoded, so this is asked afterwards.
 * @throws MediaError `MEDIA_TRUNCATED` where the file holds less.
 */
export function refuseCutMatroska(path: string): void {
  refuseCut(path, matroska);
}

function refuseCut(path: string, read: (head: Buffer, size: number) => Announced | null): void {
  const head = Buffer.alloc(128);
  const handle = openSync(path, "r");
  readSync(handle, head, 0, head.length, 0);
  closeSync(handle);
  const size = statSync(path).size;
  const { begins, announced } = read(head, size) ?? { begins: 0, announced: 0 };
  const there = size - begins;
  if (announced <= there + 1) return;
  throw new MediaError("MEDIA_TRUNCATED", `holds ${there} of ${announced} bytes it announces`, {
    file: path,
    hint,
  });
}

interface Announced {
  /** Where the announced bytes begin. */
  begins: number;
  /** 0: not known. */
  announced: number;
}

/**
 * Programs that write sound into a pipe cannot go back and put the length in: they leave 2³¹ − 1,
 * 2 · 10⁹, 2³² − 1, each less or more some header. No clip is as long; a file that holds half of it
 * may be a long one that was cut off.
 */
export const isPlaceholder = (announced: number, there: number): boolean =>
  announced === 0xffffffff || (announced >= 2e9 && there < announced / 2);

function riff(head: Buffer, size: number): Announced | null {
  if (head.toString("latin1", 0, 4) !== "RIFF") return null;
  const begins = 8;
  const announced = head.readUInt32LE(4);
  return { begins, announced: isPlaceholder(announced, size) ? 0 : announced };
}

/** The segment after the header holds everything; a live stream does not know its size. */
function matroska(head: Buffer): Announced | null {
  if (head.readUInt32BE(0) !== 0x1a45dfa3) return null;
  const header = ebmlSize(head, 4);
  const at = header.end + header.value;
  if (at + 12 > head.length || head.readUInt32BE(at) !== 0x18538067) return null;
  const segment = ebmlSize(head, at + 4);
  return { begins: segment.end, announced: segment.value };
}

/** A number whose first byte says how many bytes it has; all bits set says "not known", here 0. */
function ebmlSize(head: Buffer, at: number): { value: number; end: number } {
  const first = head[at] ?? 0;
  const length = Math.clz32(first) - 23;
  if (length > 8 || at + length > head.length) return { value: 0, end: at + 1 };
  let value = BigInt(first & (0xff >> length));
  for (let i = 1; i < length; i++) value = value * 256n + BigInt(head[at + i]!);
  const unknown = value === (1n << BigInt(7 * length)) - 1n;
  return { value: unknown ? 0 : Number(value), end: at + length };
}
