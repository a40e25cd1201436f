import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contradicts, polarityOf, statesOf } from "./polarity.ts";

describe("polarity is the parity of negations", () => {
  test.each([
    ["smiling", true],
    ["not smiling", false],
    ["isn't smiling", false],
    ["isn’t smiling", false],
    ["no smile", false],
    ["without tears", false],
    ["never raises his voice", false],
    ["neither loud nor quiet", false],
    ["nor does he frown", false],
    ["not without a smile", true],
    ["a lack of eye contact", false],
    ["hardly audible", false],
    ["not only smiling but beaming", true],
    ["no doubt a smile", true],
    ["cannot help but smile", true],
    ["a noticeable, notable nod", true],
  ])("%s: %s", (text, positive) => expect(polarityOf(text)).toBe(positive));
});

describe("contradictions", () => {
  test.each([
    ["not smiling", "smiling"],
    ["no smile on her face", "she smiles broadly"],
    ["raised brows", "lowered brows"],
    ["eyebrows are lifted", "furrowed eyebrows"],
    ["raised brows", "brows slanted upwards at the inside, slanted"],
    ["wide eyes", "narrowed eyes"],
    ["eyes wide open", "her eyes are half closed"],
    ["eyes are closed", "eyes wide"],
    ["a broad smile", "corners of the mouth turned down"],
    ["he frowns with his lips", "corners of her mouth lifted"],
    ["a smile", "an open mouth"],
    ["high pitch", "low pitch"],
    ["a high-pitched voice", "a deep voice"],
    ["speaks fast", "slow speech"],
    ["rapid speech", "speaking slowly"],
    ["a loud voice", "a quiet voice"],
    ["he shouts", "speaks softly"],
    ["high volume", "low volume"],
    ["a raised voice", "a quiet voice"],
    ["she lowers her voice", "a loud voice"],
    ["rising intonation", "falling intonation"],
    ["a monotone voice", "rising intonation"],
    ["a trembling voice", "a steady voice"],
    ["nods", "shakes his head"],
    ["looks down", "looks up"],
    ["averted gaze", "direct gaze"],
    ["not raised brows", "brows are raised"],
    ["no tears", "tears in her eyes"],
    ["the pitch isn't high", "high pitch"],
  ])("%s ↔ %s", (a, b) => {
    expect(contradicts(a, b)).toBe(true);
    expect(contradicts(b, a)).toBe(true);
  });

  test.each([
    ["raised brows", "lifted eyebrows"],
    ["raised brows", "wide eyes"],
    ["raised brows", "a raised voice"],
    ["a raised voice", "a high pitch"],
    ["a raised voice", "low pitch"],
    ["lowered gaze", "lowered brows"],
    ["a low voice", "low volume"],
    ["high pitch", "high volume"],
    ["high pitch", "low volume"],
    ["a soft smile", "a loud voice"],
    ["fast speech", "slow nodding"],
    ["smiling with open mouth", "a smile"],
    ["smiling with open mouth", "an open mouth"],
    ["not smiling", "frowning mouth"],
    ["not smiling", "no smile"],
    ["not raised brows", "lowered brows"],
    ["no tears", "raised brows"],
    ["the voice trembles", "tears"],
    ["eyes not closed", "wide eyes"],
    ["", "raised brows"],
  ])("%s, %s: compatible", (a, b) => {
    expect(contradicts(a, b)).toBe(false);
    expect(contradicts(b, a)).toBe(false);
  });
});

test("a word goes with the nearest carrier that can have it", () => {
  expect([...statesOf("raised brows and lowered voice")]).toEqual([
    "brows=raised",
    "loudness=soft",
  ]);
  expect([...statesOf("brows lowered, eyes raised up")]).toContain("brows=lowered");
  expect([...statesOf("increasingly loud speech")]).toEqual(["loudness=swelling"]);
  expect([...statesOf("her head bobs up and down")]).toEqual(["head=nodding"]);
});

test("contradiction is symmetric and nothing contradicts itself", () => {
  const word = fc.constantFrom(
    ..."not no raised lowered brows wide eyes voice high low loud soft fast slow smile pitch".split(
      " ",
    ),
  );
  const phrase = fc.array(word, { minLength: 1, maxLength: 5 }).map((words) => words.join(" "));
  fc.assert(
    fc.property(phrase, phrase, (a, b) => {
      expect(contradicts(a, b)).toBe(contradicts(b, a));
      expect(contradicts(a, a)).toBe(false);
    }),
  );
});
