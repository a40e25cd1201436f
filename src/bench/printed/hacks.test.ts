import { describe, expect, it } from "vitest";
import { decomposeReference } from "../../cues/decompose.ts";
import { rewardOptions } from "../../rewards/options.ts";
import { createScorer } from "../../rewards/scorer.ts";
import { bagOfWords } from "./bag-of-words.fake.ts";
import { type HackSources, hackNames, hackResponses, trainingCues } from "./hacks.ts";

const respond = (reasoning: string) => `<think>${reasoning}</think><answer>joy</answer>`;
const reference = respond("In the video, broad smile. In the audio, loud voice.");
const cues = decomposeReference(reference);
const training = trainingCues([
  cues,
  decomposeReference("In the video, broad smile and raised brows. In the audio, soft voice."),
]);
const sources: HackSources = {
  reference,
  cues,
  other: respond("In the video, raised brows. In the audio, soft voice."),
  answer: "joy",
  training,
  fits: (response) => response.length <= respond("broad smile, loud voice, .").length,
};

describe("what blind hacks know of the training cues", () => {
  it("is words and cues by how often they occur, equals by their letters", () => {
    expect(training.words).toEqual(["broad", "smile", "voice", "brows", "loud", "raised", "soft"]);
    expect(training.cues).toEqual({
      visual: ["broad smile", "raised brows"],
      acoustic: ["loud voice", "soft voice"],
      emotion: [],
    });
    expect(training.wordsPerReference).toBe(5);
  });

  it("is an error without cues", () => {
    expect(() => trainingCues([{ cues: [], extractor: "none" }])).toThrow(
      /no reference of the training clips has a cue \(blind hacks/,
    );
  });
});

describe("hack responses", () => {
  const hacks = hackResponses(sources);

  it("are these, word for word", () => {
    expect(hacks).toEqual({
      reference,
      "other reference": sources.other,
      "cue words, one clause": respond("broad smile loud voice."),
      "cue words, a clause a modality": respond("broad smile, loud voice."),
      "frequent words, one clause": respond("broad smile voice brows loud."),
      "frequent cues, a clause each": respond("broad smile, loud voice."),
      "every cue, a clause each": respond("broad smile, loud voice, raised brows, soft voice."),
    });
  });

  it("earn what the printed reward counts, and what ours does", async () => {
    const options = rewardOptions.parse({ perception: { mode: "f1" } });
    const calibration = { low: 0.5, high: 0.85 };
    const scorer = createScorer({ embedder: bagOfWords, calibration, options, clauses: true });
    const scored = await scorer.score(
      hackNames.map((name) => ({ response: hacks[name], reference: cues, labels: ["joy"] })),
    );
    const omni = Object.fromEntries(
      hackNames.map((name, at) => [name, scored[at]!.paper!.omni.value]),
    );
    // one clause of four words pays two cues of two: cosine 2/√8, twice
    const paid = (2 / Math.sqrt(8) - 0.5) / 0.5;
    expect(omni.reference).toBeCloseTo(2, 5);
    expect(omni["every cue, a clause each"]).toBeCloseTo(2, 5);
    expect(omni["cue words, one clause"]).toBeCloseTo(2 * paid, 5);
    // "soft voice" shares one word of two: cosine .5, not above δ
    expect(omni["other reference"]).toBe(0);
    const ours = Object.fromEntries(
      hackNames.map((name, at) => [name, scored[at]!.terms.perception!]),
    );
    expect(ours.reference).toBeCloseTo(1, 5);
    expect(ours["every cue, a clause each"]).toBeLessThan(ours.reference!);
  });
});
