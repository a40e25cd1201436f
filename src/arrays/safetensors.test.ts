import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { DataError } from "../core/errors.ts";
import { encodeSafetensors, readSafetensors, writeSafetensors } from "./safetensors.ts";

const folder = mkdtempSync(join(tmpdir(), "oppo-safetensors-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, "x.safetensors");

const example = new Map([
  ["weight", { shape: [2, 3], data: Float32Array.of(1, -2, 3.5, 0, 1e-30, -0) }],
  ["step", { shape: [1], data: Int32Array.of(-7) }],
  ["rng", { shape: [2], data: Uint32Array.of(4294967295, 1) }],
  ["empty", { shape: [0, 4], data: new Float32Array() }],
]);

/** A file of this header and 8 bytes of data. */
function text(header: object | string): Buffer {
  const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const out = Buffer.alloc(8 + json.length + 8);
  out.writeBigUInt64LE(BigInt(json.length));
  json.copy(out, 8);
  return out;
}

describe("safetensors", () => {
  it("reads back what it wrote, bit for bit", () => {
    writeSafetensors(file, example);
    expect(readSafetensors(file)).toEqual(example);
  });

  it("reads back any names and float bits", () => {
    const tensor = fc.tuple(fc.string({ minLength: 1 }), fc.float32Array({ maxLength: 8 }));
    fc.assert(
      fc.property(fc.uniqueArray(tensor, { selector: ([name]) => name }), (list) => {
        const named = list.filter(([name]) => name !== "__metadata__" && name !== "__proto__");
        const tensors = new Map(
          named.map(([name, data]) => [name, { shape: [data.length], data: data.slice() }]),
        );
        writeSafetensors(file, tensors);
        // a JSON header puts integer-like names first
        expect(new Map(readSafetensors(file))).toEqual(tensors);
      }),
      { numRuns: 30 },
    );
  });

  it("follows the format: length, padded JSON header, little-endian data", () => {
    const bytes = Buffer.from(encodeSafetensors(new Map([["a", example.get("step")!]])));
    const length = Number(bytes.readBigUInt64LE(0));
    expect((8 + length) % 8).toBe(0);
    expect(JSON.parse(bytes.toString("utf8", 8, 8 + length))).toEqual({
      a: { dtype: "I32", shape: [1], data_offsets: [0, 4] },
    });
    expect(bytes.readInt32LE(8 + length)).toBe(-7);
  });

  it("names the file that is cut off, wherever the cut", () => {
    const whole = encodeSafetensors(example);
    for (const length of [0, 5, 8, 40, whole.length - 1]) {
      writeFileSync(file, whole.subarray(0, length));
      expect(() => readSafetensors(file)).toThrow(DataError);
      expect(() => readSafetensors(file)).toThrow(file);
    }
  });

  it("names what is missing, of another kind, or of a wrong size", () => {
    expect(() => readSafetensors(join(folder, "none"))).toThrow(/none: cannot read/);
    writeFileSync(file, "this is a text file, not a checkpoint");
    expect(() => readSafetensors(file)).toThrow(/not a whole safetensors file/);
    writeFileSync(file, text({ a: { dtype: "F64", shape: [1], data_offsets: [0, 8] } }));
    expect(() => readSafetensors(file)).toThrow(/'a' has dtype F64/);
    writeFileSync(file, text({ a: { dtype: "F32", shape: [3], data_offsets: [0, 8] } }));
    expect(() => readSafetensors(file)).toThrow(/'a' has a size/);
  });

  const one = (from: number, to: number, dtype = "F32") =>
    `{"dtype": "${dtype}", "shape": [${(to - from) / 4}], "data_offsets": [${from}, ${to}]}`;

  it.each([
    ["lies in another's place", `{"a": ${one(0, 4)}, "b": ${one(0, 8)}}`, /'b' lies in another/],
    [
      "lies behind a gap",
      `{"a": ${one(0, 4)}, "b": ${one(8, 8)}}`,
      /'b' lies behind bytes of none/,
    ],
    ["leaves bytes at the end", `{"a": ${one(0, 4)}}`, /4 bytes at its end belong to no tensor/],
    ["stands twice", `{"a": ${one(0, 4)}, "a": ${one(4, 8)}}`, /the key 'a' stands twice/],
    ["has a type of JavaScript's", `{"a": ${one(0, 8, "__proto__")}}`, /dtype __proto__, which/],
    ["has a method for a type", `{"a": ${one(0, 8, "toString")}}`, /dtype toString, which/],
    ["has a shape without end", `{"a": ${one(0, 8).replace("[2]", "[1e9, 0]")}}`, /empty lists/],
  ])("refuses a tensor that %s", (_, header, message) => {
    writeFileSync(file, text(header));
    expect(() => readSafetensors(file)).toThrow(DataError);
    expect(() => readSafetensors(file)).toThrow(message);
  });

  it("takes tensors in any order, and empty ones between them", () => {
    writeFileSync(file, text(`{"b": ${one(4, 8)}, "e": ${one(4, 4)}, "a": ${one(0, 4)}}`));
    expect([...readSafetensors(file).keys()]).toEqual(["b", "e", "a"]);
  });
});
