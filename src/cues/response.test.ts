import { expect, test } from "vitest";
import { parseResponse } from "./response.ts";

test("a well-formed response, with white space around and inside", () => {
  const text = "  <think>Wide eyes.</think>\n<answer> joy </answer>\n";
  const parsed = parseResponse(text);
  expect(parsed).toMatchObject({ wellFormed: true, problems: [] });
  expect(parsed.think?.text).toBe("Wide eyes.");
  expect(text.slice(parsed.think!.span.start, parsed.think!.span.end)).toBe("Wide eyes.");
  expect(text.slice(parsed.answer!.span.start, parsed.answer!.span.end)).toBe(" joy ");
});

test.each([
  ["", "response is empty"],
  ["just words", "text without tags"],
  ["<think>a</think>", "<answer> is missing"],
  ["<answer>joy</answer>", "<think> is missing"],
  ["<think>cut off", "</think> is missing"],
  ["<think>a</think><answer>joy", "</answer> is missing"],
  ["<think>a</think><think>b</think><answer>joy</answer>", "<think> occurs 2 times"],
  ["<think>a</think><answer>x</answer><answer>y</answer>", "<answer> occurs 2 times"],
  ["<think>a<answer>joy</answer></think>", "<answer> begins inside <think>"],
  ["<think>a<answer></think>joy</answer>", "<answer> begins inside <think>"],
  ["<answer>joy<think>a</think></answer>", "<think> begins inside <answer>"],
  ["<answer>joy</answer><think>a</think>", "<answer> stands before <think>"],
  ["</think>a<think><answer>joy</answer>", "</think> stands before <think>"],
  ["<think> \n</think><answer>joy</answer>", "<think> is empty"],
  ["<think>a</think><answer> </answer>", "<answer> is empty"],
  ["Sure! <think>a</think><answer>joy</answer>", "text before <think>"],
  ["<think>a</think> so <answer>joy</answer>", "text between the sections"],
  ["<think>a</think><answer>joy</answer> Bye", "text after the last tag"],
])("%j: %s", (text, problem) => {
  const parsed = parseResponse(text);
  expect(parsed.wellFormed).toBe(false);
  expect(parsed.problems).toContain(problem);
});

test("what can be read is returned even where the format is broken", () => {
  const parsed = parseResponse("oops <think>a</think><think>b</think><answer>joy</answer>");
  expect(parsed.think?.text).toBe("a");
  expect(parsed.answer?.text).toBe("joy");
});

test("tags are case-sensitive, as the format reward of GRPO recipes takes them", () => {
  expect(parseResponse("<Think>a</Think><answer>joy</answer>").think).toBeNull();
});
