import { describe, expect, it } from "vitest";
import { ewScore, openScore, overlaps } from "./ew-metric.ts";
import { hitRate } from "./hit-rate.ts";
import { tinyMapping } from "./mapping.fake.ts";
import { readSynonymGroups, setLevelScore } from "./mer2024-ov.ts";
import { sentimentScore } from "./sentiment.ts";
import type { Labels, ScoringMode } from "./types.ts";
import { classificationScore, weightedF1 } from "./weighted-f1.ts";

const mapping = tinyMapping();
const labels = (rows: Record<string, Labels>) => new Map(Object.entries(rows));
const coded = (code: string) => expect.objectContaining({ code });
const compat: { mode: ScoringMode } = { mode: "compat" };

describe("hit rate", () => {
  it("skips truths that are on no wheel and counts the rest", () => {
    const truth = labels({ a: "happy", b: "neutral", c: "sad", d: "glad" });
    const predicted = labels({ a: "[glad, sad]", b: "[happy]", c: "[]", d: "[happily, Gladly]" });
    const score = hitRate(truth, predicted, mapping);
    expect(score.perWheel.map((wheel) => wheel.scored)).toEqual([3, 3]);
    expect(score.main).toBeCloseTo(2 / 3, 15);
    // a names joy and bad, both of which the set knows: 1/2; c names nothing: 0; d: 1.
    expect(score.mScore).toBe(0.5);
    expect(score.meanListLength).toBe(5 / 4);
  });

  it("counts every cluster that is right, so that a truth of several words can count twice", () => {
    const score = hitRate(labels({ a: "happy, sad" }), labels({ a: "[glad, sadly]" }), mapping);
    expect(score.main).toBe(2);
  });

  it("takes the labels of the m-score as whole strings, so that bracketed ones leave it 0", () => {
    const score = hitRate(labels({ a: "[happy]" }), labels({ a: "[happy]" }), mapping);
    expect([score.main, score.mScore]).toEqual([1, 0]);
  });

  it("has denominators of its own on each wheel", () => {
    const truth = labels({ a: "fearless", b: "sad" });
    const score = hitRate(truth, labels({ a: "[sad]", b: "[sad]" }), mapping);
    expect(score.perWheel.map(({ scored, hitRate }) => [scored, hitRate])).toEqual([
      [2, 0.5],
      [1, 1],
    ]);
  });

  it("counts a predicted word once, however often it is said", () => {
    const truth = labels({ a: "happy", b: "sad" });
    const often = hitRate(
      truth,
      labels({ a: "[happy, happy]", b: "[sad, happy, happy]" }),
      mapping,
    );
    expect([often.main, often.mScore]).toEqual([1, 0.75]);
  });

  it("is not lowered by long lists, which is why the m-score stands beside it", () => {
    const truth = labels({ a: "happy", b: "sad" });
    const all = "[happy, sad, mad, brave]";
    const score = hitRate(truth, labels({ a: all, b: all }), mapping);
    expect([score.main, score.mScore]).toEqual([1, 0.5]);
  });

  it("fails as the official code in compat mode, clearly in strict mode", () => {
    const truth = labels({ a: "happy", b: "sad" });
    const part = labels({ a: "[happy]" });
    expect(() => hitRate(truth, part, mapping, compat)).toThrow(coded("PYTHON_KEY_ERROR"));
    expect(() => hitRate(truth, part, mapping, { set: "meld" })).toThrow(
      expect.objectContaining({
        code: "PREDICTIONS_MISSING",
        message: expect.stringMatching(/meld: 1 of 2 .*: b/),
      }),
    );
    expect(() => hitRate(labels({ a: ["happy"] }), part, mapping, compat)).toThrow(
      coded("PYTHON_TYPE_ERROR"),
    );
    expect(() => hitRate(labels({ a: ["happy"] }), part, mapping)).toThrow(coded("TRUTH_SHAPE"));
    const neutral = labels({ a: "neutral" });
    expect(hitRate(neutral, part, mapping, compat).main).toBeNaN();
    expect(() => hitRate(neutral, part, mapping)).toThrow(coded("NOTHING_SCORED"));
  });

  it("ignores extra predictions in compat mode only", () => {
    const [truth, more] = [labels({ a: "happy" }), labels({ a: "glad", b: "sad" })];
    expect(hitRate(truth, more, mapping, compat).main).toBe(1);
    expect(() => hitRate(truth, more, mapping)).toThrow(coded("PREDICTIONS_EXTRA"));
  });
});

describe("EW metric", () => {
  const truth = labels({ a: "[happy, sad]", b: "['sad']", c: "[neutral]" });
  const predicted = labels({ a: "[glad]", b: "[sad, happy]", c: "[sad]" });

  it("takes F of the means, then means over wheels", () => {
    // a: P 1, R 1/2; b: P 1/2, R 1; c is skipped.
    expect(ewScore(truth, predicted, mapping, 1)).toEqual({
      f: 0.75,
      precision: 0.75,
      recall: 0.75,
    });
    const score = openScore(truth, predicted, mapping);
    expect(score.main).toBe(0.75);
    expect(score.mean.f).toBe((score.level1.f + score.level2.f) / 2);
  });

  it("reports overlaps under all groupings and their plain mean", () => {
    const { byGrouping, average } = overlaps(truth, predicted, mapping);
    expect(Object.keys(byGrouping)).toHaveLength(6);
    expect(byGrouping.case1).toEqual({ precision: 0.25, recall: 0.5, scored: 2 });
    const sum = Object.values(byGrouping).reduce((total, one) => total + one.recall, 0);
    expect(average.recall).toBeCloseTo(sum / 6, 15);
  });

  it("is NaN, an error or 0 where nothing is right, by mode and protocol", () => {
    const wrong = labels({ a: "[mad]", b: "[brave]", c: "[]" });
    const onlyJoy = labels({ a: "[happy]", b: "[happy]", c: "happy" });
    const none = labels({ a: "[low]", b: "[mad]", c: "[]" });
    expect(ewScore(onlyJoy, none, mapping, 1, compat).f).toBeNaN();
    // Wheel 2 does not know "brave": all are wrong there, and one wheel without F is enough.
    const oneWheel = ewScore(
      labels({ a: "[happy]" }),
      labels({ a: "[brave]" }),
      mapping,
      1,
      compat,
    );
    expect([oneWheel.f, oneWheel.precision, oneWheel.recall]).toEqual([Number.NaN, 0.5, 0.5]);
    expect(() => ewScore(onlyJoy, none, mapping, 1)).toThrow(coded("EW_UNDEFINED"));
    expect(ewScore(onlyJoy, none, mapping, 1, { protocol: "mer2026" }).f).toBe(0);
    const neutral = labels({ a: "[neutral]" });
    expect(ewScore(neutral, wrong, mapping, 1, compat).precision).toBeNaN();
    expect(ewScore(neutral, wrong, mapping, 1, { ...compat, protocol: "mer2026" })).toEqual({
      f: 0,
      precision: 0,
      recall: 0,
    });
  });

  it("refuses empty truth in strict mode", () => {
    expect(() => ewScore(labels({ a: "[]" }), labels({ a: "x" }), mapping, 1)).toThrow(
      coded("TRUTH_EMPTY"),
    );
    expect(() => ewScore(new Map(), new Map(), mapping, 1)).toThrow(coded("TRUTH_EMPTY"));
  });
});

describe("sentiment", () => {
  const truth = new Map([
    ["a", 1.5],
    ["b", -2],
    ["c", 0],
    ["d", -0.5],
  ]);
  const said = (...texts: string[]) => new Map(texts.map((text, i) => ["abcd"[i]!, text]));

  it("drops zero, counts neutral and unreadable as negative", () => {
    const score = sentimentScore(truth, said("positive", "neutral", "positive", "Negative"));
    expect(score).toMatchObject({ main: 1, accuracy: 1, scored: 3, unreadable: 1 });
  });

  it("wants a prediction of every sample, those it leaves out too", () => {
    const given = said("positive", "negative", "neutral", "negative");
    given.delete("c");
    expect(() => sentimentScore(truth, given, compat)).toThrow(coded("PYTHON_KEY_ERROR"));
  });

  it("fails by name", () => {
    expect(() => sentimentScore(truth, said("positive"), compat)).toThrow(
      coded("PYTHON_KEY_ERROR"),
    );
    expect(() => sentimentScore(truth, said("positive"))).toThrow(coded("PREDICTIONS_MISSING"));
    const zero = new Map([["a", 0]]);
    expect(() => sentimentScore(zero, said("positive"), compat)).toThrow(
      coded("PYTHON_INDEX_ERROR"),
    );
    expect(() => sentimentScore(zero, said("positive"))).toThrow(coded("NOTHING_SCORED"));
    expect(() => sentimentScore(new Map([["a", Number.NaN]]), said("positive"))).toThrow(
      coded("TRUTH_NOT_A_NUMBER"),
    );
  });
});

describe("weighted F1", () => {
  it("agrees with values computed by hand, by either formula", () => {
    // Class a: tp 2, true 3, said 3 → 2/3. Class b: tp 1, true 2, said 1 → 2/3. c: said once, never
    // true.
    const truth = ["a", "a", "a", "b", "b"];
    const said = ["a", "a", "c", "a", "b"];
    for (const formula of ["counts", "ratios"] as const) {
      expect(weightedF1(truth, said, formula).waf).toBeCloseTo(2 / 3, 15);
    }
    expect(weightedF1(truth, said).accuracy).toBe(3 / 5);
  });

  it("differs in the last bit between the formulas", () => {
    const truth = [1, 1, 1, 1, 1, 1, 1, 1, 1, 0];
    const said = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1];
    // Recorded from sklearn 1.2.1 and computed by the later formula.
    expect(weightedF1(truth, said, "ratios").waf).toBe(0.8526315789473685);
    expect(weightedF1(truth, said, "counts").waf).toBe(0.8526315789473683);
  });

  it("scores tracks with fixed classes and refuses others", () => {
    const truth = new Map([
      ["a", "left"],
      ["b", "right"],
    ]);
    expect(classificationScore(truth, truth).waf).toBe(1);
    expect(() => classificationScore(truth, truth, { classes: ["left"] })).toThrow(
      coded("CLASS_UNKNOWN"),
    );
  });
});

describe("MER2024-OV", () => {
  const groups = new Map([["a", readSynonymGroups("[['mad', 'angry'], ['glad', 'happy']]")]]);

  it("compares groups, not words", () => {
    const truth = labels({ a: "['angry', 'sad']" });
    expect(setLevelScore(truth, labels({ a: "['mad', 'happy', 'glad']" }), groups)).toEqual({
      precision: 0.5,
      recall: 0.5,
      average: 0.5,
    });
    expect(setLevelScore(truth, labels({ a: "" }), groups).average).toBe(0);
  });

  it("names samples without truth or groups", () => {
    expect(() => setLevelScore(labels({ a: "[]" }), labels({ a: "x" }), groups)).toThrow(
      coded("TRUTH_EMPTY"),
    );
    expect(() => setLevelScore(labels({ b: "x" }), labels({ b: "x" }), groups)).toThrow(
      coded("GROUPS_MISSING"),
    );
  });
});
