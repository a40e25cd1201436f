import fc from "fast-check";
import { expect, test } from "vitest";
import { cuePhrase, decomposeReference } from "./decompose.ts";

const cues = (text: string) =>
  decomposeReference(text).cues.map(
    ({ modality, positive, text: cue }) => `${modality[0]}${positive ? "+" : "-"} ${cue}`,
  );

test("a natural reference becomes short cues: no inference, no quoted speech, nothing twice", () => {
  expect(
    cues(
      "In the video, we see a woman whose brows are slightly furrowed, with wide eyes, indicating that " +
        "she may be discussing something. She isn't smiling. In the audio, her voice is low and weak, " +
        'with a slow pace, suggesting deep sorrow. In the text, the subtitle reads: "I scream". Based ' +
        "on the furrowed brows and the low voice, we can infer that she feels sorrow.",
    ),
  ).toEqual([
    "v+ brows are slightly furrowed",
    "v+ wide eyes",
    "v- isn't smiling",
    "a+ voice is low and weak",
    "a+ slow pace",
    "e+ deep sorrow",
    "e+ sorrow",
  ]);
});

test("a response and its bare reasoning give the same cues; the answer gives none", () => {
  const bare = "In the video, a broad smile. In the audio, laughter. Both express joy.";
  const response = `<think>${bare}</think><answer>wide eyes, joy</answer>`;
  expect(cues(response)).toEqual(cues(bare));
  expect(cues(bare)).toEqual(["v+ broad smile", "a+ laughter", "e+ joy"]);
  for (const { span } of decomposeReference(response).cues) {
    expect(response.slice(span.start, span.end)).not.toContain("<");
  }
});

test("modalities may be empty, and so may a reference", () => {
  expect(cues("In the video, nothing stands out in the face. In the audio, sobbing.")).toEqual([
    "a+ sobbing",
  ]);
  expect(cues("")).toEqual([]);
});

test("long statements keep the words that carry the evidence", () => {
  expect(
    cues(
      "In the video, the middle-aged woman's eyebrows, over the whole of the rather long time that " +
        "she is there, are furrowed.",
    )[0],
  ).toMatch(/^v\+ (?:\S+ ?){1,8}$/);
  expect(cues("The overall facial expression of the male character is relatively calm.")).toEqual([
    "v+ overall facial expression is relatively calm",
  ]);
});

test("every cue has 1 to 8 words and the extractor is named", () => {
  const word = fc.constantFrom(
    ..."In the video, he and she. smiles with wide eyes voice low suggesting sorrow very the of not joy".split(
      " ",
    ),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 40 }), (words) => {
      const set = decomposeReference(words.join(" "));
      expect(set.extractor).toBe("rules-1");
      for (const cue of set.cues) {
        const count = cue.text.split(/\s+/).length;
        expect(count).toBeGreaterThanOrEqual(1);
        expect(count).toBeLessThanOrEqual(8);
      }
    }),
  );
});

test.each(["😀", "<", "。", ""])(
  "a text without a word (%j) is no phrase, and no fault",
  (text) => {
    expect(cuePhrase("visual", text)).toBe("");
    expect(cuePhrase("emotion", text)).toBe("");
  },
);
