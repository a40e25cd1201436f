import { describe, expect, it } from "vitest";
import { parseJson } from "./files.ts";
import { checkKeys } from "./json-keys.ts";
import { limits } from "./limits.ts";

const refusal = (text: string) =>
  expect.objectContaining({ code: "JSON_TWICE", message: expect.stringMatching(text) });
const read = (text: string) => parseJson(text, "f.json");

describe("a key that stands twice in one object", () => {
  it.each([
    ["at the top", '{"a": 1,\n"b": 2,\n"a": 3}', "f.json:3: the key 'a' .* first in line 1"],
    ["in a line", '{"a": 1, "a": 1}', "f.json:1: the key 'a' .* in this line"],
    ["deep inside", '[{"x": {"y": 1}},\n{"x": {"y": 1,\n"y": 2}}]', "f.json:3: the key 'y'"],
    ["written by escapes", '{"ab": 1,\n"a\\u0062": 2}', "f.json:2: the key 'ab'"],
    ["beside quotes and braces in texts", '{"q": "\\\\\\"{:",\n"q": "}"}', "f.json:2: the key 'q'"],
    ["far from its colon", `{"a": 1, "a"${" ".repeat(500)}: 2}`, "the key 'a'"],
    ["of a name that objects have", '{"__proto__": 1, "__proto__": 2}', "'__proto__'"],
    ["that looks like a number", '{"1": 1, "1": 2}', "'1'"],
    ["that is empty", '{"": 1, "": 2}', "''"],
  ])("is refused %s", (_, text, message) => {
    expect(() => read(text)).toThrow(refusal(message));
  });

  it.each([
    '{"a": {"a": {"a": 1}}, "b": [{"a": 1}, {"a": 2}]}',
    '{"a": "\\"a\\": 1", "b": "a:", "c": ":"}',
    '["a", "a", "a:"]',
    '{"\\\\": 1, "\\"": 2}',
    '"a"',
  ])("is none in %s", (text) => {
    expect(read(text)).toEqual(JSON.parse(text));
  });

  it("is counted from the line that a text begins in", () => {
    const text = '{"a": 1, "a": 2}';
    expect(() => checkKeys(text, JSON.parse(text), { file: "f", line: 7 })).toThrow(/^f:7: .*line/);
  });
});

it("JSON that is nested too deep is refused with the limit", () => {
  const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
  expect(read(nested(limits.jsonDepth))).toHaveLength(1);
  for (const depth of [limits.jsonDepth + 1, 200_000]) {
    expect(() => read(nested(depth))).toThrow(/nested more than 500 deep/);
  }
  expect(() => read(`${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`)).toThrow(/500 deep/);
});
