import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WordTokenizer } from "./tokenizer.ts";

const text =
  "<think>In the video, raised brows and half-closed eyes. It's joy.</think><answer>joy</answer>";
const tokenizer = WordTokenizer.fromTexts([text]);

describe("WordTokenizer", () => {
  it("gives its text back, with exact offsets", () => {
    const { ids, offsets } = tokenizer.encode(text);
    const decoded = tokenizer.decode(ids);
    expect(decoded.text).toBe(text);
    expect(decoded.offsets).toEqual(offsets);
    for (const [i, { start, end }] of offsets.entries()) {
      expect(tokenizer.decode([ids[i]!]).text).toBe(text.slice(start, end));
    }
  });

  it("makes words one token and tags one token", () => {
    const pieces = tokenizer.encode("<think> half-closed").ids.map((id) => tokenizer.pieces[id]);
    expect(pieces).toEqual(["<think>", " half-closed"]);
  });

  it("covers every character of any text, known or not", () => {
    fc.assert(
      fc.property(fc.string(), (any) => {
        const { offsets } = tokenizer.encode(any);
        expect(offsets.map(({ start, end }) => any.slice(start, end)).join("")).toBe(any);
      }),
    );
  });

  it("shows unknown words and hides special tokens", () => {
    const { ids } = tokenizer.encode("joy zebra");
    expect(tokenizer.decode(ids).text).toBe("joy\uFFFD");
    expect(
      tokenizer.decode([tokenizer.bos, ...tokenizer.encode("joy").ids, tokenizer.eos]),
    ).toEqual({
      text: "joy",
      offsets: [
        { start: 0, end: 0 },
        { start: 0, end: 3 },
        { start: 3, end: 3 },
      ],
    });
  });

  it("does not depend on the order of the texts", () => {
    const one = WordTokenizer.fromTexts(["a b", "c d"]).pieces;
    expect(WordTokenizer.fromTexts(["c d", "a b"]).pieces).toEqual(one);
  });
});
