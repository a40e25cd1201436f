import { describe, expect, it } from "vitest";
import { decomposeReference } from "../../cues/decompose.ts";
import { rewardOptions } from "../../rewards/options.ts";
import { createScorer } from "../../rewards/scorer.ts";
import { bagOfWords } from "./bag-of-words.fake.ts";
import { ownEvidence, referenceEvidence } from "./selected.ts";

const reference = decomposeReference("In the video, broad smile. In the audio, loud voice.");
const response =
  "<think>In the video, broad smile. In the audio, loud trembling voice, low pitch.</think><answer>joy</answer>";

const scoredAt = async (delta: number) => {
  const options = rewardOptions.parse({ paper: { delta } });
  const calibration = { low: 0.5, high: 0.85 };
  const scorer = createScorer({ embedder: bagOfWords, calibration, options, clauses: true });
  return (await scorer.score([{ response, reference, labels: [] }]))[0]!;
};
const words = ({ start, end }: { start: number; end: number }) => response.slice(start, end);

describe("evidence by the reference", () => {
  it("is the clause whose best cue exceeds the threshold, in that cue's modality", async () => {
    const scored = await scoredAt(0);
    // two words of three: cosine 2/√6 = .816
    expect(referenceEvidence(scored, 0.81).map((each) => [words(each), each.modality])).toEqual([
      ["broad smile", "visual"],
      ["loud trembling voice", "acoustic"],
    ]);
    expect(referenceEvidence(scored, 0.82).map(words)).toEqual(["broad smile"]);
  });

  it("scored once at δ 0 is what the selector picks at any δ", async () => {
    const scored = await scoredAt(0);
    for (const delta of [0.4, 0.5, 0.6, 0.82]) {
      const picked = (await scoredAt(delta)).paper!.clauses.filter(({ cue }) => cue !== null);
      expect(referenceEvidence(scored, delta).map(words)).toEqual(picked.map(({ text }) => text));
    }
  });

  it("needs a scorer that reads clauses", () => {
    expect(() => referenceEvidence({}, 0.5)).toThrow(/needs the clauses/);
  });
});

describe("evidence by a claim's own words", () => {
  it("is its head words, whatever the reference says", async () => {
    const evidence = ownEvidence(await scoredAt(0));
    expect(evidence.map((each) => [words(each), each.modality])).toEqual([
      ["broad", "visual"],
      ["smile", "visual"],
      ["loud", "acoustic"],
      ["trembling", "acoustic"],
      ["voice", "acoustic"],
      ["low", "acoustic"],
      ["pitch", "acoustic"],
    ]);
  });
});
