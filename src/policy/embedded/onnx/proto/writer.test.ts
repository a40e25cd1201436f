import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MessageWriter } from "./writer.ts";

const bytesOf = (writer: MessageWriter) => [...writer.finish()];

/** Reads one varint field back, as an independent check. */
function readInt(bytes: Uint8Array): { field: number; value: number; length: number } {
  let value = 0n;
  let at = 1;
  for (let shift = 0n; ; shift += 7n) {
    const byte = BigInt(bytes[at++]!);
    value |= (byte & 0x7fn) << shift;
    if (byte < 0x80n) break;
  }
  return { field: bytes[0]! >> 3, value: Number(BigInt.asIntN(64, value)), length: at };
}

describe("MessageWriter", () => {
  it("writes the protocol-buffer documentation's example: field 1 = 150", () => {
    expect(bytesOf(new MessageWriter().int(1, 150))).toEqual([0x08, 0x96, 0x01]);
  });

  it("writes strings, floats and nested messages", () => {
    expect(bytesOf(new MessageWriter().string(2, "testing"))).toEqual([
      0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67,
    ]);
    expect(bytesOf(new MessageWriter().float(2, 1))).toEqual([0x15, 0, 0, 0x80, 0x3f]);
    const inner = new MessageWriter().int(1, 150);
    expect(bytesOf(new MessageWriter().message(3, inner))).toEqual([0x1a, 3, 0x08, 0x96, 1]);
  });

  it("takes two bytes for field numbers above 15, ten for negative integers", () => {
    expect(bytesOf(new MessageWriter().int(20, 2))).toEqual([0xa0, 0x01, 2]);
    expect(new MessageWriter().int(1, -1).finish()).toHaveLength(11);
  });

  it("round-trips every safe integer", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: 1, max: 15 }), (value, field) => {
        const bytes = new MessageWriter().int(field, value).finish();
        expect(readInt(bytes)).toEqual({ field, value, length: bytes.length });
      }),
    );
  });
});
