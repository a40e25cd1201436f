import { describe, expect, it } from "vitest";
import { decomposeReference } from "../cues/decompose.ts";
import type { Embedder } from "../similarity/port.ts";
import { explainReward } from "./explain.ts";
import { rewardOptions } from "./options.ts";
import { omniReward, paperAccuracy, routeClauses } from "./paper.ts";
import { createScorer } from "./scorer.ts";

describe("R_omni", () => {
  it("lets one clause pay every cue: recall alone", () => {
    const { value, means } = omniReward(
      [[0.75], [0.75], [0.75]],
      ["visual", "acoustic", "emotion"],
      0.5,
    );
    expect(means).toEqual({ visual: 0.5, acoustic: 0.5, emotion: 0.5 });
    expect(value).toBe(1.5);
  });

  it("is 0 without clauses and without cues", () => {
    expect(omniReward([[], []], ["visual", "emotion"], 0.5).value).toBe(0);
    expect(omniReward([], [], 0.5).value).toBe(0);
  });

  it("routes a clause to the best visual or acoustic cue, strictly above the threshold", () => {
    const matrix = [
      [0.9, 0.5, 0.8],
      [0.6, 0.4, 0.7],
      [0.5, 0.5, 0.7],
    ];
    expect(routeClauses(matrix, ["emotion", "visual", "acoustic"], 0.5)).toEqual([
      { cue: 1, modality: "visual" },
      null,
      { cue: 1, modality: "visual" },
    ]);
  });
});

describe("R_acc", () => {
  const wheel = (groups: Record<string, string>) => (word: string) => groups[word];

  it("is the mean F1 over the wheels that know a label", () => {
    const wheels = [
      wheel({ glad: "joy", happy: "joy", sad: "grief" }),
      wheel({ glad: "up", happy: "bright", sad: "down" }),
      wheel({ other: "x" }),
    ];
    expect(paperAccuracy("glad, sad", ["happy"], wheels)).toEqual({
      value: (2 / 3 + 0) / 2,
      by: "wheels",
    });
  });

  it("is F1 of the words where no wheel is at hand, and says so", () => {
    expect(paperAccuracy("happy and proud", ["happy"])).toEqual({ value: 2 / 3, by: "words" });
    expect(paperAccuracy("", ["happy"])).toEqual({ value: 0, by: "words" });
    expect(paperAccuracy("happy", [])).toBeNull();
  });
});

describe("a scorer with form paper", () => {
  /** Texts are alike by their first letter. */
  const embedder: Embedder = {
    id: "letters",
    embed: async (texts) =>
      texts.map((text) => {
        const vector = new Float32Array(26);
        vector[text.toLowerCase().charCodeAt(0) - 97] = 1;
        return vector;
      }),
  };
  const options = rewardOptions.parse({ form: "paper" });
  const parts = { embedder, calibration: { low: 0, high: 1 }, options };
  const reference = decomposeReference("In the video, broad smile. In the audio, loud voice.");
  const item = {
    response: "<think>Bright day, low sun, zebra.</think><answer>joy</answer>",
    reference,
    labels: ["joy", "pride"],
  };

  it("adds accuracy, format and α times the sum of means", async () => {
    const [scored] = await createScorer(parts).score([item]);
    expect(scored!.terms).toEqual({ accuracy: 2 / 3, format: 1, omni: 2 });
    expect(scored!.reward).toBeCloseTo(2 / 3 + 1 + 0.5 * 2, 12);
    expect(scored!.paper!.accuracy!.by).toBe("words");
    expect(scored!.paper!.clauses.map(({ text, modality }) => [text, modality])).toEqual([
      ["Bright day", "visual"],
      ["low sun", "acoustic"],
      ["zebra", null],
    ]);
  });

  it("format is a summand: a malformed response keeps the rest", async () => {
    const malformed = { ...item, response: `${item.response} more` };
    const [scored] = await createScorer(parts).score([malformed]);
    expect(scored!.reward).toBeCloseTo(2 / 3 + 0.5 * 2, 12);
  });

  it("explains the sum, and what each cue was paid by", async () => {
    const [scored] = await createScorer(parts).score([item]);
    const text = explainReward(scored!, item, options);
    expect(text).toContain("reward 2.667 = 1 × accuracy 0.667 + 1 × format 1 + 0.5 × omni 2");
    expect(text).toContain("(F1 of label words)");
    expect(text).toContain('+ cue "broad smile": nearest clause "Bright day", cosine 1.00, s 1');
    expect(text).toContain('acoustic evidence "low sun": cue "loud voice"');
  });

  it("takes a spelt-out wheel, and refuses a folder that nobody read", async () => {
    const wheel = { pride: "up", joy: "up" };
    const spelt = rewardOptions.parse({ form: "paper", accuracy: { wheel } });
    const [scored] = await createScorer({ ...parts, options: spelt }).score([item]);
    expect(scored!.paper!.accuracy).toEqual({ value: 1, by: "wheels" });
    const folder = rewardOptions.parse({ form: "paper", accuracy: { wheel: "/somewhere" } });
    const groupOf = (label: string) => label;
    expect(() => createScorer({ ...parts, options: folder, groupOf })).toThrow(
      /the emotion wheel in \/somewhere was not read.*as wheels/,
    );
  });

  it("refuses a judge, which knows no cosines", () => {
    const judge = { id: "judge", judge: async () => [] };
    expect(() => createScorer({ ...parts, judge })).toThrow(
      /leave the judge out, or use form oppo/,
    );
  });

  it("reads clauses for form oppo where they are asked for, at the same reward", async () => {
    const ours = rewardOptions.parse({});
    const [without] = await createScorer({ ...parts, options: ours }).score([item]);
    const [read] = await createScorer({ ...parts, options: ours, clauses: true }).score([item]);
    expect(without!.paper).toBeUndefined();
    expect(read!.paper!.clauses).toHaveLength(3);
    expect(read!.reward).toBe(without!.reward);
  });
});
