import { expect, test } from "vitest";
import { parseCsv } from "./csv.ts";

test("quotes, doubled quotes, line breaks in fields, CRLF and a byte order mark", () => {
  const text = '\uFEFFid,text\r\n1,"a, ""b""\r\nc"\n2,plain\n\n3,\n';
  expect(parseCsv(text, "x.csv")).toEqual([
    { line: 2, fields: { id: "1", text: 'a, "b"\r\nc' } },
    { line: 4, fields: { id: "2", text: "plain" } },
    { line: 6, fields: { id: "3", text: "" } },
  ]);
});

test("no newline at the end", () => {
  expect(parseCsv("a,b\n1,2", "x.csv")).toEqual([{ line: 2, fields: { a: "1", b: "2" } }]);
});

test.each([
  ["", "x.csv: file has no header line"],
  ["a,b\n1,2\n3\n", "x.csv:3: 1 fields where the header has 2"],
  ['a,b\n1,"open\n', "x.csv:2: a quoted field never ends"],
  ['a,b\n"1"x,2\n', "x.csv:2: text after a closing quote"],
])("%j: %s", (text, message) => {
  expect(() => parseCsv(text, "x.csv")).toThrow(message);
});
