import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { afterAll, describe, expect, it } from "vitest";
import { sha256 } from "../core/files.ts";
import { decodeFloats, npyFloats, tensorFloats } from "./floats.ts";
import { encodeNpy, readNpyHeader } from "./npy.ts";
import { openNpz } from "./npz.ts";
import { readTensorBytes, readTensorTable } from "./safetensors-table.ts";

// Files made by real numpy: fixtures/make_fixtures.py.
const fixture = (name: string) => `${import.meta.dirname}/fixtures/${name}`;
const folder = mkdtempSync(join(tmpdir(), "oppo-arrays-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A `.npy` file of a header as given and some bytes. */
function npy(descr: string, shape: string, data: Uint8Array): Uint8Array {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape}), }\n`;
  const start = Buffer.from([0x93, ...Buffer.from("NUMPY"), 1, 0, header.length, 0]);
  return new Uint8Array(Buffer.concat([start, Buffer.from(header), data]));
}

function safetensors(header: object, data: Uint8Array): string {
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const file = join(folder, "x.safetensors");
  writeFileSync(file, Buffer.concat([length, json, data]));
  return file;
}

describe("floats of numpy", () => {
  const arrays = openNpz(fixture("floats.npz")).unpack();
  const read = (name: string) => npyFloats(arrays.get(name)!);

  it("are read from float16, float32 and float64, of either byte order", () => {
    const exact = [0.5, -1.25, 65504, 2 ** -24, 1 / 3, -0];
    expect([...read("double").values]).toEqual(exact);
    expect([...read("single").values]).toEqual(exact.map(Math.fround));
    expect([...read("big").values]).toEqual(exact.map(Math.fround));
    expect([...read("half").values]).toEqual(exact.with(4, 0.333251953125));
    expect(read("half").shape).toEqual([2, 3]);
  });

  it("come back from what encodeNpy writes, as numpy lays it out", () => {
    const data = Float64Array.of(1 / 3, -2, 5e-324);
    for (const shape of [[3], [1, 3], [3, 1, 1]]) {
      const bytes = encodeNpy(shape, data);
      expect(npyFloats(bytes)).toEqual({ shape, isFortran: false, values: data });
      expect(readNpyHeader(bytes).dataStart % 64).toBe(0);
    }
    const single = arrays.get("single")!;
    expect(Buffer.from(encodeNpy([2, 3], read("single").values))).toEqual(Buffer.from(single));
  });

  it("say when they lie in columns", () => {
    const { isFortran, values } = read("columns");
    expect(isFortran).toBe(true);
    expect([...values].slice(0, 2)).toEqual([0.5, 2 ** -24]);
  });

  it("of float16 are numpy's, every one of the 65,536", () => {
    const bits = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const values = decodeFloats("f2", new Uint8Array(bits.buffer), true);
    for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) values[i] = Number.NaN;
    expect(sha256(new Uint8Array(values.buffer))).toBe(
      "385ff5fe69182797cda5f1827e20cf423f4416bc9246f27d0eec27cac9039259",
    );
  });

  it("are refused where the array holds something else, by what it holds", () => {
    expect(() => read("whole")).toThrow(
      "holds numbers of type i8 (save it as float16, float32 or float64)",
    );
    expect(() => read("objects")).toThrow("holds Python objects (save it as float16");
  });

  it("are not longer or shorter than their shape says; nothing is allocated for what is not there", () => {
    const data = new Uint8Array(8);
    expect(() => npyFloats(npy("<f4", "3", data))).toThrow(
      "the header promises 12 bytes of data, the file holds 8 (the file is cut off)",
    );
    expect(() => npyFloats(npy("<f4", "1", data))).toThrow("holds 8 (save one array per file)");
    const before = process.memoryUsage().rss;
    for (const shape of ["1000000000000, 4", "99999999999999999999, 9999999999"]) {
      expect(() => npyFloats(npy("<f4", shape, data))).toThrow(/cut off/);
    }
    expect(() => npyFloats(npy("<f4", "1000000000, 0", new Uint8Array()))).toThrow(
      "an array of shape (1000000000, 0) holds nothing",
    );
    expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
  });
});

describe("npz archives", () => {
  it("name their arrays without unpacking them, in any script", () => {
    expect(openNpz(fixture("floats.npz")).names).toContain("片段/video");
    const { names, unpack } = openNpz(fixture("packed.npz"));
    expect(names).toEqual(["zeros"]);
    expect(npyFloats(unpack(["zeros"]).get("zeros")!).shape).toEqual([50, 4]);
    expect(unpack(["other"])).toEqual(new Map());
  });

  it("that claim gigabytes in a few hundred bytes are refused before memory is taken", () => {
    const bytes = Buffer.from(zipSync({ "a.npy": new Uint8Array(2000) }));
    expect(bytes.length).toBeLessThan(370);
    const directory = bytes.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
    bytes.writeUInt32LE(0xfffffff0, directory + 24);
    const file = join(folder, "bomb.npz");
    writeFileSync(file, bytes);
    const before = process.memoryUsage().rss;
    expect(() => openNpz(file)).toThrow(
      `${file}: not a whole zip archive, which a .npz file is: the size of 'a.npy' cannot be true`,
    );
    expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
  });

  it("whose entries share their bytes are refused", () => {
    const bytes = Buffer.from(readFileSync(fixture("packed.npz")));
    const directory = bytes.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
    bytes.writeUInt32LE(bytes.length + 1, directory + 20);
    const file = join(folder, "overlap.npz");
    writeFileSync(file, bytes);
    expect(() => openNpz(file)).toThrow(/size of 'zeros.npy' cannot be true/);
  });
});

describe("floats of safetensors", () => {
  it("are read from float16, bfloat16, float32 and float64, each from its own place", () => {
    const [single, double] = [Float32Array.of(1.5, -2), Float64Array.of(1 / 3)];
    const bytes = Buffer.concat([
      Buffer.from([0x00, 0x3c, 0x00, 0xc0]),
      Buffer.from([0x80, 0x3f, 0x49, 0x40]),
      Buffer.from(single.buffer),
      Buffer.from(double.buffer),
    ]);
    const file = safetensors(
      {
        __metadata__: { made: "by a test" },
        half: { dtype: "F16", shape: [2], data_offsets: [0, 4] },
        brain: { dtype: "BF16", shape: [1, 2], data_offsets: [4, 8] },
        single: { dtype: "F32", shape: [2, 1], data_offsets: [8, 16] },
        double: { dtype: "F64", shape: [1], data_offsets: [16, 24] },
      },
      bytes,
    );
    const read = [...readTensorBytes(file, readTensorTable(file))].map(([name, place, data]) => [
      name,
      [...tensorFloats(place, data).values],
    ]);
    expect(Object.fromEntries(read)).toEqual({
      half: [1, -2],
      brain: [1, 3.140625],
      single: [1.5, -2],
      double: [1 / 3],
    });
  });

  it.each([
    [
      "a shape that its bytes do not fill",
      "F32",
      [3],
      [0, 8],
      /'a' has a size that is not its shape/,
    ],
    ["a place beyond the end", "F32", [2], [4, 12], /'a' is cut off/],
    ["a place before the beginning", "F32", [2], [-8, 0], /'a' has no shape or no place/],
    ["a place that runs backwards", "F32", [0], [8, 4], /'a' has a size/],
    ["a vast shape", "F32", [2 ** 40, 2 ** 40], [0, 8], /'a' has a size/],
    ["no shape", "F32", "2", [0, 8], /'a' has no shape/],
    ["another type", "F8_E4M3", [8], [0, 8], /'a' has dtype F8_E4M3, which is not read here/],
    ["a type of the language's own", "toString", [8], [0, 8], /'a' has dtype toString/],
  ])("are refused for %s", (_, dtype, shape, offsets, message) => {
    const file = safetensors({ a: { dtype, shape, data_offsets: offsets } }, new Uint8Array(8));
    expect(() => readTensorTable(file)).toThrow(message as RegExp);
    expect(() => readTensorTable(file)).toThrow(file);
  });

  it("of whole numbers are refused", () => {
    const file = safetensors(
      { a: { dtype: "I32", shape: [2], data_offsets: [0, 8] } },
      new Uint8Array(8),
    );
    const [, place, bytes] = [...readTensorBytes(file, readTensorTable(file))][0]!;
    expect(() => tensorFloats(place, bytes)).toThrow("holds whole numbers (I32) (save it as");
  });

  it("are refused where the header claims more than there is", () => {
    const file = join(folder, "long.safetensors");
    writeFileSync(file, Buffer.from("ffffffffffffff7f7b7d", "hex"));
    expect(() => readTensorTable(file)).toThrow(/its header is cut off/);
  });
});
