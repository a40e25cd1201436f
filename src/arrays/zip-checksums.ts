/** Begin of the record at the archive's end, of zip64's, and of a member's entry. */
const marks = { end: 0x06054b50, locator64: 0x07064b50, end64: 0x06064b50, entry: 0x02014b50 };

/**
 * CRC-32 of each member of a zip archive, by name, from the list at its end (APPNOTE 4.3.12). What
 * unpacks such archives here doesn't tell them. Of a damaged list those that are found.
 */
export function zipChecksums(bytes: Uint8Array): Map<string, number> {
  const sums = new Map<string, number>();
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = buffer.lastIndexOf(Buffer.from("PK\x05\x06", "latin1"));
  if (end === -1 || end + 22 > buffer.length) return sums;
  let at = firstEntry(buffer, end);
  while (at + 46 <= buffer.length && buffer.readUInt32LE(at) === marks.entry) {
    const isUtf8 = (buffer.readUInt16LE(at + 8) & 0x800) !== 0;
    const [name, extra, comment] = [28, 30, 32].map((own) => buffer.readUInt16LE(at + own));
    const start = at + 46;
    const text = buffer.toString(isUtf8 ? "utf8" : "latin1", start, start + name!);
    sums.set(text, buffer.readUInt32LE(at + 16));
    at = start + name! + extra! + comment!;
  }
  return sums;
}

function firstEntry(buffer: Buffer, end: number): number {
  const start = buffer.readUInt32LE(end + 16);
  if (start !== 0xffffffff || end < 20) return start;
  if (buffer.readUInt32LE(end - 20) !== marks.locator64) return start;
  const end64 = Number(buffer.readBigUInt64LE(end - 12));
  const isThere = end64 + 56 <= buffer.length && buffer.readUInt32LE(end64) === marks.end64;
  return isThere ? Number(buffer.readBigUInt64LE(end64 + 48)) : start;
}
