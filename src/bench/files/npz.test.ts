import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { encodeNpy } from "../../arrays/npy.ts";
import { OppoError } from "../../core/errors.ts";
import { Rng } from "../../core/rng.ts";
import { readNpy, readNpz } from "./npz.ts";
import { readPickle } from "./pickle.ts";

// Files made by real numpy: fixtures/make_fixtures.py.
const fixture = (name: string) => `${import.meta.dirname}/fixtures/${name}`;
const bytes = (name: string) => new Uint8Array(readFileSync(fixture(name)));

const many = new Map(
  Array.from({ length: 300 }, (_, i) => [`sample_${String(i).padStart(8, "0")}`, i]),
);

const content = new Map<unknown, unknown>([
  ["text", "快乐 happy 🙂"],
  ["empty", ""],
  ["long text", "x".repeat(300)],
  ["none", null],
  ["flags", [true, false]],
  [
    "integers",
    [0, 255, 256, 65536, -1, -(2 ** 31), 2 ** 31, 2 ** 40, -(2 ** 40), 9007199254740993n],
  ],
  ["floats", [0.5, -1e300, Number.POSITIVE_INFINITY]],
  ["tuples", [[], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4]]],
  [
    "nested",
    new Map<string, unknown>([
      ["emo", "happy"],
      ["val", -0.5],
      ["list", ["a", ["b"]]],
    ]),
  ],
  [3, "integer key"],
  ["set", new Set([1])],
  ["bytes", new Uint8Array([0, 255])],
  ["scalars", [1.5, -2.25, 7, -3, true, "text"]],
  [
    "array",
    [
      [1.5, 2.5],
      [3.5, 4.5],
    ],
  ],
  ["object array", ["a", ["b", null]]],
  ["zero-d", new Map([["k", 1]])],
  ["big endian", [1, 2]],
  ["many", many],
  ["twice", [["same"], ["same"]]],
]);

describe("readPickle", () => {
  it.each([2, 3, 4, 5])("reads what numpy and Python write in protocol %i", (protocol) => {
    const read = readPickle(bytes(`protocol${protocol}.pkl`)) as Map<unknown, unknown>;
    expect([...read.keys()]).toEqual([...content.keys()]);
    for (const [key, value] of content) expect.soft(read.get(key), String(key)).toEqual(value);
  });

  it.each([2, 4])("refuses names that could run something (protocol %i)", (protocol) => {
    expect(() => readPickle(bytes(`evil${protocol}.pkl`))).toThrow(
      expect.objectContaining({ code: "PICKLE_GLOBAL", message: expect.stringMatching(/system/) }),
    );
  });

  it("says where a pickle is cut off, at any byte", () => {
    const whole = bytes("evil4.pkl");
    const allowed = ["PICKLE_SHORT", "PICKLE_GLOBAL"];
    for (let end = 0; end < whole.length; end++) {
      let code = "";
      try {
        readPickle(whole.subarray(0, end));
      } catch (error) {
        code = (error as { code: string }).code;
      }
      expect(allowed).toContain(code);
    }
  });

  it.each([
    "protocol2.pkl",
    "protocol3.pkl",
    "protocol4.pkl",
    "protocol5.pkl",
    "evil2.pkl",
    "evil4.pkl",
  ])("reads %s with flipped bytes or says why not, by an error of its own", (name) => {
    const rng = new Rng(name);
    const whole = bytes(name);
    for (let i = 0; i < 500; i++) {
      const broken = whole.slice();
      // The interesting values stand at the beginning; a long dict of numbers follows.
      for (let k = 0; k <= rng.int(4); k++) {
        broken[rng.int(Math.min(broken.length, 1700))] = rng.int(256);
      }
      try {
        readPickle(broken);
      } catch (error) {
        expect(error).toBeInstanceOf(OppoError);
      }
    }
  });

  it("refuses unknown opcodes and broken stacks with codes of its own", () => {
    const codeOf = (...program: number[]) => {
      try {
        return readPickle(new Uint8Array(program));
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect(codeOf(0x49, 0x31, 0x0a, 0x2e)).toBe("PICKLE_OPCODE");
    expect(codeOf(0x2e)).toBe("PICKLE_MALFORMED");
    expect(codeOf(0x65)).toBe("PICKLE_MALFORMED");
    expect(codeOf(0x4e, 0x4e, 0x61)).toBe("PICKLE_MALFORMED");
    expect(codeOf(0x4e, 0x29, 0x52)).toBe("PICKLE_MALFORMED");
    expect(codeOf(0x68, 0x00)).toBe("PICKLE_MALFORMED");
  });
});

describe("readNpz", () => {
  it("reads arrays of numbers, text and bytes", () => {
    expect(Object.fromEntries(readNpz(fixture("arrays.npz")))).toEqual({
      f4: [0.5, -1.5],
      i8: [
        [1, 2],
        [3, 4],
      ],
      u1: [1, 255],
      b1: [true, false],
      text: ["ab", "快"],
      bytes: ["ab", "c"],
      scalar: 2.5,
      empty: [],
      big: [3],
    });
  });

  it("reads dicts kept in 0-d object arrays", () => {
    const labels = readNpz(fixture("label-6way.npz")).get("test1_corpus") as Map<string, unknown>;
    expect([...labels.keys()]).toEqual(["s1", "s2"]);
    expect(labels.get("s1")).toEqual(
      new Map<string, unknown>([
        ["emo", "happy"],
        ["val", 0.5],
      ]),
    );
  });

  it("refuses what it would read wrongly", () => {
    expect(() => readNpy(bytes("fortran.npy"))).toThrow(
      expect.objectContaining({ code: "NPY_ORDER" }),
    );
    expect(() => readNpy(bytes("complex.npy"))).toThrow(
      expect.objectContaining({ code: "NPY_DTYPE" }),
    );
    expect(() => readNpy(encodeNpy([1e9, 0], new Float32Array()))).toThrow(
      expect.objectContaining({ code: "NPY_SHAPE" }),
    );
    const file = fixture("evil2.pkl");
    expect(() => readNpz(file)).toThrow(
      expect.objectContaining({ code: "ZIP_UNREADABLE", message: expect.stringContaining(file) }),
    );
  });
});
