import { describe, expect, test } from "vitest";
import { extractClaims } from "./claims.ts";

/** Modalities of the claims, one letter each: v(isual), a(coustic), e(motion), n(eutral). */
const letters = (text: string): string =>
  extractClaims(text)
    .map(({ modality }) => modality[0])
    .join("");

describe("from the claim's own words", () => {
  test.each([
    ["raised brows", "v"],
    ["her lips are trembling", "v"],
    ["tears run down his cheeks", "v"],
    ["He is wearing a suit in an office", "v"],
    ["She nods", "v"],
    ["His gaze is averted", "v"],
    ["a high pitch", "a"],
    ["she speaks very fast", "a"],
    ["a trembling voice", "a"],
    ["the volume rises", "a"],
    ["he whispers", "a"],
    ["laughter", "a"],
    ["a long sigh", "a"],
    ["monotone delivery", "a"],
    ["It is Tuesday", "n"],
    ["They talk about the weather", "n"],
  ])("%s → %s", (text, expected) => expect(letters(text)).toBe(expected));
});

describe("the words win over the section", () => {
  test.each([
    ["In the video, her voice trembles.", "a"],
    ["In the audio, raised brows.", "v"],
    ["In the video, he speaks quickly.", "a"],
    ["I see a loud voice.", "a"],
    // not clear enough against the section: neither
    ["In the video, he is speaking.", "n"],
    ["In the audio, he turns.", "n"],
  ])("%s → %s", (text, expected) => expect(letters(text)).toBe(expected));
});

describe("the section settles what the words leave open", () => {
  test.each([
    ["In the video, a strange flicker. In the audio, a strange flicker.", "va"],
    ["a strange flicker", "n"],
    ["In the audio, it sounds low and slow.", "a"],
    // a conclusion mentions sections without announcing them
    ["Based on the audio clues of the passage, the answer is clear.", "n"],
  ])("%s → %s", (text, expected) => expect(letters(text)).toBe(expected));
});

describe("feelings are inference, not evidence (hack table: emotion parroting)", () => {
  test.each([
    ["She looks sad.", "e"],
    ["Her voice sounds happy.", "e"],
    ["There is joy in his eyes.", "e"],
    ["In the video, sadness.", "e"],
    ["Both point to joy.", "e"],
    ["Face and voice both express anger.", "e"],
    ["indicating that he is worried", "e"],
    // with something observable it is evidence
    ["a sad, trembling voice", "a"],
    ["eyes wide with fear", "v"],
    // a manner of voice or face is observable
    ["a calm voice", "a"],
    ["a serious expression", "v"],
    // talk of feelings that names none
    ["Her emotional state changes.", "n"],
  ])("%s → %s", (text, expected) => expect(letters(text)).toBe(expected));
});

describe("neutral, with a reason", () => {
  test.each([
    ['In the audio, she says "I hate loud voices".', "quoted speech"],
    ["In the text, the words mention a loud voice.", "speaks of the text"],
    ["In the audio, it is impossible to determine the tone.", "nothing can be told"],
    ["In the video, nothing stands out in the face.", "nothing can be told"],
    ["The face is not visible.", "nothing can be told"],
    ["as if she is shouting", "concludes"],
    ["seemingly discussing a serious topic", "concludes"],
    ["Face and voice agree.", "both modalities"],
    ["In the video, brows, eyes, mouth, head.", "not how it is"],
    ["In the audio, the voice.", "not how it is"],
  ])("%s: %s", (text, reason) => {
    const claims = extractClaims(text);
    expect(claims.map(({ modality }) => modality)).toEqual(claims.map(() => "neutral"));
    expect(claims.at(-1)?.reason).toContain(reason);
  });
});

test("a subtitle that is only quoted is no claim at all", () => {
  expect(letters('In the text, the subtitle reads: "My eyes hurt, he shouted".')).toBe("");
});

test("every claim has a reason that names what decided", () => {
  const [brows, voice] = extractClaims("In the video, furrowed brows. In the audio, a low voice.");
  expect(brows?.reason).toBe("words: furrowed, brows; section: In the video");
  expect(voice?.reason).toBe("words: low, voice; section: In the audio");
});

test("sections can be switched off to measure the words alone", () => {
  const text = "In the video, a strange flicker.";
  expect(extractClaims(text, 0, { sections: false })[0]?.modality).toBe("neutral");
});

test("words that only look like inflections of the lexicon's are not taken for them", () => {
  for (const text of [
    "She made a plan",
    "He cares about cars",
    "the evening lives on",
    "in the middle part",
    "rated by the stars",
    "a huge bar",
    "please determine the question",
  ]) {
    expect(letters(`${text} .`), text).toMatch(/^n*$/);
  }
  expect(letters("They hated it")).toBe("e");
});
