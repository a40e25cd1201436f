import { BenchError } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";

/**
 * Reads numbers, bytes and lines of a pickle in turn.
 * @throws BenchError `PICKLE_SHORT` past the end
 */
export class PickleCursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get position(): number {
    return this.#at;
  }

  byte(): number {
    return this.#view.getUint8(this.#skip(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#skip(2), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#skip(4), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#skip(4), true);
  }

  /** A length of 8 bytes. */
  length64(): number {
    return Number(this.#view.getBigUint64(this.#skip(8), true));
  }

  float64BigEndian(): number {
    return this.#view.getFloat64(this.#skip(8), false);
  }

  bytes(length: number): Uint8Array {
    const start = this.#skip(length);
    return this.#bytes.subarray(start, start + length);
  }

  utf8(length: number): string {
    const bytes = this.bytes(length);
    try {
      return new TextDecoder("utf-8", { ignoreBOM: true, fatal: true }).decode(bytes);
    } catch (cause) {
      // Python writes half a surrogate pair so; two texts with such halves would become one.
      throw new BenchError("PICKLE_TEXT", `text before byte ${this.#at} is not UTF-8`, {
        hint: "clean it in Python: text.encode('utf-8', 'replace').decode()",
        cause,
      });
    }
  }

  latin1(length: number): string {
    return Buffer.from(this.bytes(length)).toString("latin1");
  }

  /** Text up to the next line feed, which is taken too. */
  line(): string {
    const end = this.#bytes.indexOf(10, this.#at);
    if (end === -1) throw this.#short();
    const text = this.utf8(end - this.#at);
    this.#skip(1);
    return text;
  }

  /** Two's complement, little endian, as Python writes long integers. */
  long(length: number): bigint {
    if (length > limits.integerBytes) {
      throw new BenchError("PICKLE_INTEGER", `a whole number of ${length} bytes`, {
        hint: `numbers of at most ${limits.integerBytes} bytes are read`,
      });
    }
    const bytes = this.bytes(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
    return length > 0 && bytes[length - 1]! >= 0x80 ? value - (1n << BigInt(8 * length)) : value;
  }

  #skip(length: number): number {
    const start = this.#at;
    if (start + length > this.#bytes.length) throw this.#short();
    this.#at += length;
    return start;
  }

  #short(): BenchError {
    return new BenchError("PICKLE_SHORT", `pickle ends early, at byte ${this.#at}`, {
      hint: "is the file cut off?",
    });
  }
}
