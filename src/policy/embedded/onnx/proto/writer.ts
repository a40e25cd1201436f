const varintContinues = 0x80n;
const wireVarint = 0;
const wireFixed32 = 5;
const wireBytes = 2;

/**
 * Writes one protocol-buffer message (proto2 wire format). ONNX needs six message types, so writing
 * the few bytes ourselves costs less than a dependency. Fields appear in the order they are
 * written.
 */
export class MessageWriter {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  /** A varint field; negative values take ten bytes, as two's complement int64. */
  int(field: number, value: number): this {
    this.#tag(field, wireVarint);
    return this.#varint(BigInt(value));
  }

  /** A 32-bit float field. */
  float(field: number, value: number): this {
    this.#tag(field, wireFixed32);
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.#append(bytes);
  }

  /** A length-delimited field: bytes are referenced, not copied, until `finish`. */
  bytes(field: number, value: Uint8Array): this {
    this.#tag(field, wireBytes);
    this.#varint(BigInt(value.length));
    return this.#append(value);
  }

  string(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  message(field: number, value: MessageWriter): this {
    this.#tag(field, wireBytes);
    this.#varint(BigInt(value.#length));
    for (const chunk of value.#chunks) this.#append(chunk);
    return this;
  }

  /** The whole message in one buffer. */
  finish(): Uint8Array {
    const out = new Uint8Array(this.#length);
    let at = 0;
    for (const chunk of this.#chunks) {
      out.set(chunk, at);
      at += chunk.length;
    }
    return out;
  }

  #tag(field: number, wire: number): void {
    this.#varint(BigInt((field << 3) | wire));
  }

  #varint(value: bigint): this {
    const bytes: number[] = [];
    let rest = BigInt.asUintN(64, value);
    while (rest >= varintContinues) {
      bytes.push(Number((rest & 0x7fn) | varintContinues));
      rest >>= 7n;
    }
    bytes.push(Number(rest));
    return this.#append(Uint8Array.from(bytes));
  }

  #append(chunk: Uint8Array): this {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    return this;
  }
}
