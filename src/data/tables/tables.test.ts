import { describe, expect, it } from "vitest";
import { readCsv } from "./csv.ts";
import { readJsonTable } from "./json.ts";
import { jsonPlaces } from "./json-lines.ts";

const lines = (text: string, file = "t.csv") => readCsv(text, file).records;

describe("readCsv", () => {
  it("knows the line a record begins on, past line breaks in fields, CRLF and blank lines", () => {
    expect(lines('id,text\r\n1,"a, ""b""\r\nc"\n2,plain\n\n3,\n')).toEqual([
      { line: 2, fields: { id: "1", text: 'a, "b"\nc' } },
      { line: 4, fields: { id: "2", text: "plain" } },
      { line: 6, fields: { id: "3", text: "" } },
    ]);
  });

  it("takes a quote inside a field that is not quoted as it stands, and says so", () => {
    const { records, notes } = readCsv('id,text\n1,he said "hi"\n', "t.csv");
    expect(records[0]!.fields.text).toBe('he said "hi"');
    expect(notes).toEqual([
      "line 2: a quote inside a field that is not quoted is taken as it stands",
    ]);
  });

  it("calls a column without a name by its place", () => {
    expect(readCsv(",name,\n0,a,\n", "t.csv").columns).toEqual(["column 1", "name", "column 3"]);
  });

  it("keeps semicolons where commas separate", () => {
    expect(lines("a;b,c\n1;2,3\n")[0]!.fields).toEqual({ "a;b": "1;2", c: "3" });
  });

  it("keeps a column that is called like a property of objects", () => {
    expect(Object.entries(lines("__proto__,constructor\n1,2\n")[0]!.fields)).toEqual([
      ["__proto__", "1"],
      ["constructor", "2"],
    ]);
  });
});

describe("JSON", () => {
  it("has places: quotes, brackets and escapes inside texts don't count", () => {
    const text = '{\n"a\\"}": {"x": "]},{", "y": [1,\n2]},\n\n"b": "q"\n}';
    expect(jsonPlaces(text)).toEqual([
      { line: 2, key: 'a"}' },
      { line: 5, key: "b" },
    ]);
    expect(jsonPlaces('[{"a":[]},\n"x,y",\n[1,2]]').map(({ line }) => line)).toEqual([1, 2, 3]);
    expect(jsonPlaces("{}")).toEqual([]);
  });

  it("gives ids that look like numbers in the order of the file", () => {
    const { records } = readJsonTable('{"10": {"t": "x"}, "2": {"t": "y"}}', "t.json");
    expect(records.map(({ fields }) => fields)).toEqual([
      { t: "x", key: "10" },
      { t: "y", key: "2" },
    ]);
  });
});

describe("long lists", () => {
  it("take time in proportion to their rows", () => {
    const csv = (rows: number) =>
      `id,text\n${Array.from({ length: rows }, (_, row) => `${row},"a\nb"`).join("\n")}`;
    const seconds = (text: string) => {
      const runs = [1, 2, 3, 4, 5].map(() => {
        const start = performance.now();
        readCsv(text, "t.csv");
        return performance.now() - start;
      });
      return Math.min(...runs);
    };
    const [short, long] = [csv(1_000), csv(16_000)];
    seconds(short);
    // 16 times the rows: 256 times the time if it were quadratic.
    expect(seconds(long) / seconds(short)).toBeLessThan(128);
  });
});
