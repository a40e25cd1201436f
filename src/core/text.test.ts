import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readJson } from "./files.ts";
import { readGivenJsonl, readJsonl } from "./jsonl.ts";
import { decodeText, readText } from "./text.ts";

const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((one) => Buffer.from(one as string)));
const utf16be = (text: string) => Buffer.from(text, "utf16le").swap16();
const folder = mkdtempSync(join(tmpdir(), "oppo-text-"));
const written = (name: string, content: string | Uint8Array) => {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
};

describe("decodeText", () => {
  it.each([
    ["UTF-8", bytes("id,高兴\n")],
    ["UTF-8 with its mark", bytes("\uFEFFid,高兴\n")],
    ["UTF-16, little end first", bytes([0xff, 0xfe], [...Buffer.from("id,高兴\n", "utf16le")])],
    ["UTF-16, big end first", bytes([0xfe, 0xff], [...utf16be("id,高兴\n")])],
  ])("reads %s", (_, given) => {
    expect(decodeText(given, "t.csv")).toBe("id,高兴\n");
  });

  it("keeps U+FFFD, U+2028, U+0085 and a mark inside the text: they are characters", () => {
    const text = "a\uFFFD\u2028b\u0085c\uFEFFd";
    expect(decodeText(bytes(text), "t.csv")).toBe(text);
  });

  it.each([
    ["GBK", bytes("id,label\na,", [0xb8, 0xdf, 0xd0, 0xcb], "\n"), /^t:2: .* byte 12 \(0xb8\)/],
    [
      "Latin-1",
      bytes("caf", [0xe9], "\n"),
      /^t:1: is not UTF-8: byte 4 \(0xe9\).*save it as UTF-8/,
    ],
    ["Shift-JIS", bytes([0x8a, 0xf0, 0x82, 0xb5]), /^t:1: .* byte 1 \(0x8a\)/],
    ["a character that is cut off", bytes("a\n高", [0xe9, 0xab]), /^t:2: .* byte 6 \(0xe9\)/],
    ["a byte behind U+FFFD", bytes("\uFFFD高\uFFFD", [0xff]), /^t:1: .* byte 10 \(0xff\)/],
    ["a surrogate in UTF-8", bytes("a", [0xed, 0xa0, 0x80]), /byte 2 \(0xed\)/],
    ["half a UTF-16 unit", bytes([0xff, 0xfe, 0x61]), /is not UTF-16/],
    ["a lone UTF-16 surrogate", bytes([0xff, 0xfe, 0x00, 0xd8]), /is not UTF-16/],
    ["UTF-16 without a mark", Buffer.from("id\nb", "utf16le"), /^t:1: holds a zero character/],
    ["UTF-32", bytes([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]), /zero character/],
    ["a zip archive", bytes("PK", [3, 4, 0x14, 0, 0, 0]), /zero character/],
  ])("refuses %s by its place", (_, given, message) => {
    expect(() => decodeText(given, "t")).toThrow(
      expect.objectContaining({ code: "TEXT_ENCODING", message: expect.stringMatching(message) }),
    );
  });
});

describe("files that somebody hands in", () => {
  it("are read in each encoding, as JSON and as JSON Lines", () => {
    for (const mark of ["", "\uFEFF"]) {
      expect(readJson(written("a.json", `${mark}{"a": "高"}`))).toEqual({ a: "高" });
      expect(readGivenJsonl(written("a.jsonl", `${mark}{"a": "高"}\n`))).toEqual([{ a: "高" }]);
    }
    const wide = written("w.jsonl", Buffer.from('\uFEFF{"a": 1}\n{"a": 2}', "utf16le"));
    expect(readGivenJsonl(wide)).toEqual([{ a: 1 }, { a: 2 }]);
  });

  it("are refused by name where nothing is to be read", () => {
    expect(() => readText(join(folder, "none"))).toThrow(/none: no such file/);
    expect(() => readText(folder)).toThrow(/is a folder, not a file/);
    expect(() => readJson(join(folder, "none.json"))).toThrow(
      expect.objectContaining({ code: "FILE_MISSING" }),
    );
  });
});

describe("a log of our own", () => {
  it("loses a last row that was cut inside a character, and no other", () => {
    const row = Buffer.from('{"a":"高"}\n{"a":"高');
    expect(readJsonl(written("log.jsonl", row.subarray(0, -1)))).toEqual([{ a: "高" }]);
  });

  it("is refused where bytes before its end were damaged", () => {
    const row = bytes('{"a":"', [0xff], '"}\n{"a":1}\n');
    expect(() => readJsonl(written("log.jsonl", row))).toThrow(/log\.jsonl:1: is not UTF-8/);
  });
});
