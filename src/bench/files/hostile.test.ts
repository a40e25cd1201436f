import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { readNpy } from "./npz.ts";
import { readPickle } from "./pickle.ts";
import { columnOf, readTable } from "./table.ts";

/*
 * Files of some hundred bytes that ask for gigabytes or minutes. Each of these took one or the
 * other before there were limits.
 */

const folder = mkdtempSync(join(tmpdir(), "oppo-hostile-"));
const written = (name: string, content: string | Uint8Array): string => {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
};

const long = (size: number) => [0x8b, size & 255, (size >> 8) & 255, size >> 16, 0];
const name = (module: string, own: string) => [0x63, ...strToU8(`${module}\n${own}\n`)];
const text = (own: string) => [0x8c, own.length, ...strToU8(own)];
const repeat = (times: number, program: number[]) =>
  Array.from({ length: times }, () => program).flat();
const run = (...program: number[][]) => readPickle(new Uint8Array([...program.flat(), 0x2e]));

/** A numpy array of 8 ones, remembered as 1. */
const array = [
  ...name("numpy.core.multiarray", "_reconstruct"),
  ...[0x29, 0x52, 0x28, 0x4b, 1, 0x4b, 8, 0x85],
  ...[...name("numpy", "dtype"), ...text("u1"), 0x85, 0x52, 0x89],
  ...[0x43, 8, 1, 1, 1, 1, 1, 1, 1, 1, 0x74, 0x62, 0x71, 1],
];

describe("a pickle", () => {
  it("tells an array again as the same list", () => {
    const [one, two] = run(array, [0x30, 0x68, 1, 0x68, 1, 0x86]) as unknown[];
    expect(one).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
    expect(two).toBe(one);
  });

  it("of lists that are told ten times, ten times over, is refused by what it holds", () => {
    const level = (of: number) => [0x5d, 0x28, ...repeat(10, [0x68, of]), 0x65, 0x71, of + 1, 0x30];
    const levels = Array.from({ length: 9 }, (_, at) => level(at));
    expect(() => run([0x5d, 0x71, 0, 0x30], ...levels, [0x68, 9])).toThrow(
      /holds more than 50,000,000 values \(at most so many/,
    );
  });

  it("that copies a set, or a text, over and over is refused", () => {
    const set = [...name("builtins", "set"), 0x68, 1, 0x85, 0x52, 0x30];
    const items = [0x5d, 0x28, ...repeat(2000, [0x4e]), 0x65, 0x71, 1];
    expect(() => run(items, repeat(26_000, set))).toThrow(/more than 50,000,000 values/);
    const size = 200_000;
    const letters = [0x54, size & 255, (size >> 8) & 255, size >> 16, 0, ...repeat(size, [0x61])];
    const encode = [...name("_codecs", "encode"), 0x68, 1, ...text("latin1"), 0x86, 0x52, 0x30];
    expect(() => run(letters, [0x71, 1], repeat(300, encode))).toThrow(/50,000,000 values/);
  });

  it("with a whole number of a thousand digits and more is refused with the limit", () => {
    expect(() => run(long(400_000), repeat(400_000, [1]))).toThrow(
      /whole number of 400000 bytes \(numbers of at most 1024 bytes/,
    );
    expect(run(long(9), repeat(8, [0]), [1])).toBe(2n ** 64n);
  });

  it("that holds itself, or a list in a list a thousand times, is refused", () => {
    expect(() => run([0x5d, 0x71, 1, 0x68, 1, 0x61])).toThrow(/500 deep, or holds itself/);
    expect(() => run(repeat(1000, [0x5d]), repeat(999, [0x61]))).toThrow(/500 deep/);
  });

  it("with half a character is refused: it would become U+FFFD, like any other", () => {
    expect(() => run([0x8c, 3, 0xed, 0xa0, 0x80])).toThrow(
      expect.objectContaining({ code: "PICKLE_TEXT" }),
    );
    expect(() => run([0x8c, 2, 0xb8, 0xdf])).toThrow(/not UTF-8/);
  });
});

describe("a numpy array", () => {
  const npy = (descr: string, shape: string, data: number[] = []) => {
    const dict = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape}), }\n`;
    const head = [0x93, ...strToU8("NUMPY"), 1, 0, dict.length & 255, dict.length >> 8];
    return readNpy(new Uint8Array([...head, ...strToU8(dict), ...data]));
  };

  it.each([
    ["100000000, 0", /holds nothing \(at most 100,000 empty lists/],
    ["0, 100000000000000000000000", /^read$/],
    ["100000000000000000000000, 4", /more than 50,000,000 values/],
    [`${"1, ".repeat(60)}0`, /^read$/],
    [repeat(10_000, [1]).join(", "), /10000 dimensions \(numpy itself has at most 64/],
  ])("of shape %.30s … is read or refused at once", (shape, message) => {
    let said = "read";
    try {
      npy("<f4", shape, [0, 0, 0, 0]);
    } catch (error) {
      said = (error as Error).message;
    }
    expect(said).toMatch(message);
  });

  it("of more truth values than are read is refused before they are made", () => {
    const dict = "{'descr': '|b1', 'fortran_order': False, 'shape': (60000000,), }\n";
    const bytes = new Uint8Array(10 + dict.length + 60_000_000);
    bytes.set([0x93, ...strToU8("NUMPY"), 1, 0, dict.length, 0, ...strToU8(dict)]);
    expect(() => readNpy(bytes)).toThrow(/more than 50,000,000 values/);
  });

  it("of bytes that are no UTF-8 is refused: two labels would become one", () => {
    expect(npy("|S2", "2,", [0x61, 0, 0x62, 0])).toEqual(["a", "b"]);
    expect(() => npy("|S2", "2,", [0xb8, 0xdf, 0xb1, 0xaf])).toThrow(/array text is not UTF-8/);
  });
});

describe("a spreadsheet", () => {
  const sheet = (rows: string, more: Record<string, Uint8Array> = {}) => {
    const main = "http://schemas.openxmlformats.org";
    const type = `${main}/officeDocument/2006/relationships`;
    const parts = {
      "[Content_Types].xml": `<Types xmlns="${main}/package/2006/content-types"/>`,
      "xl/workbook.xml": `<workbook xmlns="${main}/spreadsheetml/2006/main" xmlns:r="${type}"><sheets><sheet name="s" sheetId="1" r:id="rId1"/></sheets></workbook>`,
      "xl/_rels/workbook.xml.rels": `<Relationships xmlns="${main}/package/2006/relationships"><Relationship Id="rId1" Type="${type}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
      "xl/worksheets/sheet1.xml": `<worksheet xmlns="${main}/spreadsheetml/2006/main"><sheetData>${rows}</sheetData></worksheet>`,
    };
    const files = Object.entries(parts).map(([part, xml]) => [part, strToU8(xml)] as const);
    return written("t.xlsx", zipSync({ ...Object.fromEntries(files), ...more }));
  };
  const cell = (place: string, value: string) =>
    `<c r="${place}" t="inlineStr"><is><t>${value}</t></is></c>`;
  const header = `<row r="1">${cell("A1", "name")}${cell("B1", "openset")}</row>`;

  it("is read as it stands", async () => {
    const { rows } = await readTable(sheet(`${header}<row r="2">${cell("A2", "a")}</row>`));
    expect(rows).toEqual([{ name: "a", openset: "" }]);
  });

  it.each([
    [
      "a cell far away",
      `${header}<row r="1048576">${cell("XFD1048576", "x")}</row>`,
      /row 1048576/,
    ],
    ["a cell in no sheet", `${header}<row r="9">${cell("ZZZZZZ99999999", "x")}</row>`, /4,000,000/],
    ["a row far away", `${header}<row r="99999999"></row>`, /row 99999999.*CSV/],
    ["a place in character codes", `<c r="&#88;FD1048576"/>`, /not written as A1/],
  ])("with %s is refused with the limit", async (_, rows, message) => {
    await expect(readTable(sheet(rows))).rejects.toThrow(message);
  });

  it("that unpacks to much is refused before it is read", async () => {
    const blank = new Uint8Array(70 * 2 ** 20);
    const file = sheet(header, { "xl/media/image1.png": blank });
    await expect(readTable(file)).rejects.toThrow(/unpacks to 70 MiB \(spreadsheets of at most 64/);
  });
});

describe("a CSV file", () => {
  it.each([
    ["semicolons", "name;openset\na;joy\n", /semicolons separate its columns: save it with commas/],
    ["tabs", "name\topenset\na\tjoy\n", /tabs separate its columns/],
    ["GBK", Buffer.from("name,openset\na,\xb8\xdf\n", "latin1"), /t\.csv:2: is not UTF-8: byte 16/],
    ["a quote that never ends", 'name,openset\na,"b\n', /not a readable table/],
  ])("with %s is refused as that", async (_, content, message) => {
    await expect(readTable(written("t.csv", content))).rejects.toThrow(message);
  });

  it("is read in UTF-16, with semicolons in its texts", async () => {
    const content = Buffer.from("\uFEFFname,openset\na,高兴;开心\n", "utf16le");
    const { rows } = await readTable(written("t.csv", content));
    expect(rows).toEqual([{ name: "a", openset: "高兴;开心" }]);
  });

  it("with two columns of one name is refused where that column is wanted", async () => {
    const table = await readTable(written("t.csv", "name,label,x,x\na,b,1,2\n"));
    expect(columnOf(table, ["label"], "t.csv")).toBe("label");
    expect(() => columnOf(table, ["x"], "t.csv")).toThrow(/t\.csv: two columns are called 'x'/);
  });
});
