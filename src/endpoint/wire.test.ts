import { describe, expect, it } from "vitest";
import { decodeAnswer } from "./wire.ts";

const read = (message: unknown) =>
  decodeAnswer(JSON.stringify({ choices: [{ message, finish_reason: "stop" }] }));

describe("thinking that a server parts from the answer", () => {
  it.each([
    ["reasoning_content", { content: "joy", reasoning_content: "a smile" }],
    ["reasoning", { content: "joy", reasoning: "a smile" }],
    ["thinking", { content: "joy", thinking: "a smile" }],
    ["reasoning", { content: "joy", reasoning_content: null, reasoning: "a smile" }],
    [
      "content, parts of thinking",
      {
        content: [
          { type: "thinking", thinking: [{ type: "text", text: "a smile" }] },
          { type: "text", text: "joy" },
        ],
      },
    ],
    [
      "content, parts of thinking",
      {
        content: [
          { type: "thinking", thinking: "a smile" },
          { type: "text", text: "joy" },
        ],
      },
    ],
  ])("is read from %s, apart from the text", (field, message) => {
    expect(read(message)).toMatchObject({ text: "joy", reasoning: { field, text: "a smile" } });
  });

  it("is kept where the content is null or missing", () => {
    const reasoning = { field: "reasoning_content", text: "a smile" };
    expect(read({ content: null, reasoning_content: "a smile" })).toMatchObject({
      text: "",
      reasoning,
    });
    expect(read({ reasoning_content: "a smile" })).toMatchObject({ text: "", reasoning });
  });

  it("is none where the field is empty, null or of another kind", () => {
    for (const reasoning_content of ["", " ", null, { effort: "high" }, undefined]) {
      expect(read({ content: "joy", reasoning_content })).toEqual({ text: "joy", finish: "stop" });
    }
  });
});
