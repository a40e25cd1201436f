import { expect, test } from "vitest";
import { clausesOf } from "./clauses.ts";

const texts = (text: string): string[] =>
  clausesOf(text).map(({ span }) => text.slice(span.start, span.end));

test.each([
  // lists
  ["eyes wide and mouth open", ["eyes wide", "mouth open"]],
  ["raised brows, wide eyes and a broad smile", ["raised brows", "wide eyes", "a broad smile"]],
  ["raised brows, wide eyes, and a smile", ["raised brows", "wide eyes", "a smile"]],
  ["He frowns, speaks loudly and nods.", ["He frowns", "speaks loudly", "nods"]],
  ["a smile as well as raised brows", ["a smile", "raised brows"]],
  ["a broad smile with raised brows", ["a broad smile", "raised brows"]],
  ["wide eyes; open mouth", ["wide eyes", "open mouth"]],
  ["wide eyes (and an open mouth)", ["wide eyes", "an open mouth"]],
  // adjectives and predicates stay with what they describe
  ["a low, trembling voice", ["a low, trembling voice"]],
  ["wide eyes, a low and trembling voice", ["wide eyes", "a low and trembling voice"]],
  ["slow and quiet speech", ["slow and quiet speech"]],
  ["Her voice is low and weak, with a slow pace.", ["Her voice is low and weak", "a slow pace"]],
  ["She speaks with a trembling voice", ["She speaks with a trembling voice"]],
  ["his eyes and mouth are wide open", ["his eyes and mouth are wide open"]],
  ["a serious and concerned expression", ["a serious and concerned expression"]],
  ["He speaks slowly, with a low and dull tone", ["He speaks slowly", "a low and dull tone"]],
  [
    "speaking in a calm, measured tone, with a smile",
    ["speaking in a calm, measured tone", "a smile"],
  ],
  [
    "The lighting is dim and her hands are shaking",
    ["The lighting is dim", "her hands are shaking"],
  ],
  ["She doesn't smile or frown", ["She doesn't smile or frown"]],
  ["He doesn't smile, nor does he frown", ["He doesn't smile", "nor does he frown"]],
  ["her eyes fill with tears", ["her eyes fill with tears"]],
  // openings belong to no claim
  ["In the video, I see raised brows.", ["raised brows"]],
  ["In the video, one sees a smile.", ["a smile"]],
  ["At the beginning of the video, she smiles.", ["she smiles"]],
  ["As time goes on, his gaze drops.", ["his gaze drops"]],
  ["Additionally, there is a broad smile.", ["a broad smile"]],
  ["Input: In the audio, we can hear sobbing.", ["sobbing"]],
  ["Visual cues: furrowed brows", ["furrowed brows"]],
  // conclusions are clauses of their own, unless they need the carrier
  ["her raised brows suggest surprise", ["her raised brows", "suggest surprise"]],
  ["She stares, possibly indicating anger", ["She stares", "possibly indicating anger"]],
  ["her mouth opens, as if she is laughing", ["her mouth opens", "as if she is laughing"]],
  ["her eyes express sadness", ["her eyes express sadness"]],
  [
    "The posture is natural, without any tension",
    ["The posture is natural", "without any tension"],
  ],
  // guards
  ["volume rises by 2,5 or 1,000 percent", ["volume rises by 2,5 or 1,000 percent"]],
  ['He says "sad, and loud" and smiles', ["He says", "smiles"]],
])("%j", (text, expected) => {
  expect(texts(text)).toEqual(expected);
});

test("a section lasts until the next; a mention in mid-sentence does not", () => {
  const text =
    "In the video, he smiles. He nods. In the audio, he sobs. It is loud. " +
    "Based on the smile in the video, he is glad. He nods.";
  expect(clausesOf(text).map(({ section }) => section)).toEqual([
    "visual",
    "visual",
    "acoustic",
    "acoustic",
    "visual",
    "none",
    "none",
  ]);
});

test("text without words has no clauses", () => {
  expect(texts(" ,,, … — ?! ")).toEqual([]);
  expect(texts("and with the")).toEqual([]);
});
