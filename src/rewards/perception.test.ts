import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { combineReward } from "./combine.ts";
import { perceptionOptions, rewardOptions } from "./options.ts";
import { perceptionReward, scoreModality } from "./perception.ts";
import { softThreshold } from "./soft.ts";

const options = perceptionOptions.parse({});
const f1 = perceptionOptions.parse({ mode: "f1" });
const calibration = { low: 0.5, high: 0.85 };
const soft = (cosines: number[][]) =>
  cosines.map((row) => row.map((cosine) => softThreshold(cosine, calibration)));
const none = scoreModality([], 0, options);

describe("softThreshold", () => {
  it("is linear between the thresholds and clipped outside", () => {
    const f = [0.4, 0.5, 0.675, 0.85, 1].map((cosine) => softThreshold(cosine, calibration));
    for (const [i, wanted] of [0, 0, 0.5, 1, 1].entries()) expect(f[i]).toBeCloseTo(wanted, 12);
  });

  it("counts what is no number as 0", () => {
    expect(softThreshold(Number.NaN, calibration)).toBe(0);
  });
});

describe("the worked example of the method (vector 11)", () => {
  const visual = scoreModality(
    soft([
      [0.8, 0.4],
      [0.66, 0.78],
    ]),
    2,
    options,
  );
  const acoustic = scoreModality(soft([[0.71]]), 1, options);
  const emotion = scoreModality(soft([[0.9, 0.3]]), 2, options);

  it("base rollout", () => {
    expect(visual.score).toBeCloseTo(0.8285714286, 9);
    expect(visual.matches.map(({ cue, claim }) => [cue, claim])).toEqual([
      [0, 0],
      [1, 1],
    ]);
    const { value } = perceptionReward({ visual, acoustic, emotion }, options);
    expect(value).toBeCloseTo(0.72, 9);
    const terms = { accuracy: 1, format: 1, perception: value };
    expect(combineReward(terms, rewardOptions.parse({}))).toBeCloseTo(0.8911111111, 9);
  });

  it("one vague claim is paid for one cue", () => {
    const vague = scoreModality(soft([[0.72], [0.7]]), 1, options);
    expect(vague.score).toBeCloseTo(0.3142857143, 9);
    expect(perceptionReward({ visual: vague, acoustic, emotion }, options).value).toBeCloseTo(
      0.4902857143,
      9,
    );
  });

  it("a claim beyond the budget costs", () => {
    const spam = soft([
      [0.8, 0.4, ...new Array(10).fill(0.45)],
      [0.66, 0.78, ...new Array(10).fill(0.45)],
    ]);
    const scored = scoreModality(spam, 12, options);
    expect(scored.guard).toBeCloseTo(0.4166666667, 9);
    expect(scored.score).toBeCloseTo(0.3452380952, 9);
  });
});

describe("perceptionReward", () => {
  const full = scoreModality([[1]], 1, options);
  const missed = scoreModality([[0]], 1, options);

  it("leaves out modalities without cues, and the balance unless both streams have some", () => {
    expect(perceptionReward({ visual: full, acoustic: none, emotion: none }, options)).toEqual({
      value: 1,
      mean: 1,
      balance: null,
    });
    expect(
      perceptionReward({ visual: full, acoustic: missed, emotion: none }, options).value,
    ).toBeCloseTo(0.35, 12);
  });

  it("is 0 without any cue", () => {
    expect(perceptionReward({ visual: none, acoustic: none, emotion: none }, options).value).toBe(
      0,
    );
  });

  it("weighs emotion half", () => {
    const value = perceptionReward(
      { visual: full, acoustic: full, emotion: missed },
      options,
    ).value;
    expect(value).toBeCloseTo(0.7 * 0.8 + 0.3, 12);
  });
});

describe("f1 mode", () => {
  it("pays precision as well as recall", () => {
    expect(scoreModality([[1, 0]], 2, f1).score).toBeCloseTo(2 / 3, 12);
    expect(scoreModality([[1, 0]], 2, options).score).toBe(1);
    expect(scoreModality([[1], [0]], 1, f1).score).toBeCloseTo(2 / 3, 12);
    expect(scoreModality([[0]], 1, f1).score).toBe(0);
    expect(scoreModality([[]], 0, f1).score).toBe(0);
  });

  it("leans to recall as beta grows", () => {
    const f2 = perceptionOptions.parse({ mode: "f1", beta: 2 });
    expect(scoreModality([[1, 0]], 2, f2).score).toBeCloseTo(5 / 6, 12);
  });
});

describe("bounds", () => {
  const f = fc.double({ min: 0, max: 1, noNaN: true });
  it("every score lies in [0, 1], and an unmatched claim never raises it", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(f, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 4 }),
        fc.constantFrom(options, f1),
        (weights, mode) => {
          const { score } = scoreModality(weights, 3, mode);
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(1);
          const longer = scoreModality(
            weights.map((row) => [...row, 0]),
            4,
            mode,
          );
          expect(longer.score).toBeLessThanOrEqual(score + 1e-12);
        },
      ),
    );
  });
});

describe("combineReward", () => {
  const terms = { accuracy: 1, format: 0, perception: 1 };
  it("format is a gate", () => {
    expect(combineReward(terms, rewardOptions.parse({}))).toBe(0);
    expect(combineReward({ ...terms, format: 1 }, rewardOptions.parse({}))).toBe(1);
  });

  it("or a term, where the gate is off", () => {
    expect(combineReward(terms, rewardOptions.parse({ formatGate: false }))).toBeCloseTo(
      1.7 / 1.8,
      12,
    );
  });

  it("without perception is the accuracy and format reward of plain GRPO", () => {
    const plain = rewardOptions.parse({ weights: { perception: 0 } });
    expect(combineReward({ accuracy: 0, format: 1, perception: 1 }, plain)).toBeCloseTo(
      0.1 / 1.1,
      12,
    );
    expect(combineReward({ accuracy: 1, format: 1, perception: 0 }, plain)).toBe(1);
  });

  it("is 0, not NaN, when nothing has weight", () => {
    const zero = rewardOptions.parse({
      weights: { accuracy: 0, format: 0, perception: 0 },
    });
    expect(combineReward({ accuracy: 1, format: 1, perception: 1 }, zero)).toBe(0);
  });
});
