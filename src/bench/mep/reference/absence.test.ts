import { expect, it } from "vitest";
import { isAbsenceCue, statesAbsence } from "./absence.ts";

it.each([
  ["The screen is completely black. I hear a loud voice.", true, false],
  ["I cannot see the person, only hear a trembling voice.", true, false],
  ["In the video, he smiles. There is no audio.", false, true],
  ["In the audio, nothing can be heard.", false, true],
  ["The video frames are black and the audio is silent.", true, true],
  ["Her face is blank and she keeps silent for a long pause.", false, false],
  ["In the video, he frowns. In the audio, he shouts.", false, false],
  ["The face is not visible.", true, false],
  ["In the audio, it is completely silent.", false, true],
])("%s", (text, visual, acoustic) => {
  expect([statesAbsence(text, "visual"), statesAbsence(text, "acoustic")]).toEqual([
    visual,
    acoustic,
  ]);
});

it("tells an absent stream from an observation", () => {
  expect(isAbsenceCue("screen is black", "visual")).toBe(true);
  expect(isAbsenceCue("black hair", "visual")).toBe(false);
  expect(isAbsenceCue("no smile", "visual")).toBe(false);
});
