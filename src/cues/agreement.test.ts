import { expect, test } from "vitest";
import { agreement, judgeSentences, placedSentences } from "./agreement.ts";

const text =
  "Input: In the video, a man smiles. He sits in an office. This may indicate joy. It rains on Mars. " +
  'In the audio, his voice is loud.It rises quickly. His eyes are wide.In the text, the subtitle says "No." ' +
  "Based on the loud voice, he is angry. Output: In the video, a man smiles. In the audio, he shouts.";

test("position marks the block, until the text block; a second run is left out", () => {
  expect(
    placedSentences(text).map(({ block, span }) => [block, text.slice(span.start, span.end)]),
  ).toEqual([
    ["visual", "Input: In the video, a man smiles"],
    ["visual", "He sits in an office"],
    ["visual", "This may indicate joy"],
    ["visual", "It rains on Mars"],
    ["acoustic", "In the audio, his voice is loud"],
    ["acoustic", "It rises quickly"],
    ["acoustic", "His eyes are wide"],
  ]);
});

test("a text without an audio block has no placed sentences", () => {
  expect(placedSentences("In the video, he smiles. He is happy.")).toEqual([]);
});

test("verdicts carry reasons and are counted per block", () => {
  const verdicts = judgeSentences(text);
  expect(verdicts.every(({ reasons }) => reasons.length > 0)).toBe(true);
  expect(agreement(verdicts)).toEqual({
    visual: { sentences: 4, right: 3, neutral: 1, emotion: 1, mixed: 0, other: 0 },
    acoustic: { sentences: 3, right: 2, neutral: 0, emotion: 0, mixed: 0, other: 1 },
  });
});

test("without sections, only the words count", () => {
  const verdicts = judgeSentences(text, { sections: false });
  expect(verdicts.map(({ label }) => label)).toEqual([
    "visual",
    "visual",
    "emotion",
    "neutral",
    "acoustic",
    "acoustic",
    "visual",
  ]);
});

test("equal numbers of both modalities are mixed, not right", () => {
  const mixed = "He smiles and sobs. In the audio, he sobs.";
  expect(judgeSentences(mixed)[0]?.label).toBe("mixed");
});
