import { expect, it } from "vitest";
import { readYesNo, strictYesNo } from "./yes-no.ts";

it.each([
  ["yes", "yes"],
  ["**No.**", "no"],
  ["Yes, the mouth is open", "yes"],
  ["<think>no idea</think><answer> Yes </answer>", "yes"],
  ["<think>yes, loud</think>\nNo", "no"],
  ["<answer>no", "no"],
  ["No, I see no smile", "no"],
  ["yes and no", "unparseable"],
  ["I know it", "unparseable"],
  ["eyes", "unparseable"],
  ["It is yes", "unparseable"],
  ["not sure", "unparseable"],
  ["", "unparseable"],
])("reads %j strictly as %s", (reply, expected) => {
  expect(strictYesNo(reply)).toBe(expected);
});

it("keeps the precursor's reading beside it", () => {
  expect(readYesNo("I know it", "precursor-v2")).toBe("no");
  expect(readYesNo("maybe", "precursor-v2")).toBe("unparseable");
});
