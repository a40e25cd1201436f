import { describe, expect, it } from "vitest";
import { cleanResponse, stringToList } from "./labels.ts";

describe("stringToList", () => {
  it.each([
    ["[happy, sad]", ["happy", "sad"]],
    ["['happy', \"sad\"]", ["happy", "sad"]],
    ["happy ,,  sad", ["happy", "sad"]],
    ["[she's sad]", ["she", "s sad"]],
    ["[happy].", ["happy]."]],
    ["[],happy", ["]", "happy"]],
    ["[a; b，c]", ["a; b，c"]],
    ["[[]]", ["[]"]],
    ["[happy, happy]", ["happy", "happy"]],
    ["[],focused", ["]", "focused"]],
    ["]", []],
    ["'", []],
    ["", []],
  ])("reads %j", (text, words) => {
    expect(stringToList(text)).toEqual(words);
  });

  it("reads lists and nothing", () => {
    expect(stringToList(["a", ""])).toEqual(["a", ""]);
    expect(stringToList(null)).toEqual([]);
  });

  it("fails on a lone bracket only where the official code does", () => {
    expect(stringToList("[")).toEqual([]);
    expect(() => stringToList("[", "compat")).toThrow(
      expect.objectContaining({ code: "PYTHON_INDEX_ERROR" }),
    );
  });
});

describe("cleanResponse", () => {
  it.each([
    ["Output: [happy]", "[happy]"],
    ["output：[happy]", "[happy]"],
    ["输入输出: [a,\nb] ", "[a,b]"],
    ["inputoutput: [a]", "output: [a]"],
    ["::[a]", ":[a]"],
    ["```[a]```", "```[a]```"],
    ["Outputs [a]", "s [a]"],
  ])("cleans %j", (reply, cleaned) => {
    expect(cleanResponse(reply)).toBe(cleaned);
  });
});
