import { describe, expect, it } from "vitest";
import { scoreMmeEmotion } from "../score.ts";
import { macroDraws, mmeDraws, mmeMetrics, mmeOverall } from "./metrics.ts";

const reply = (...steps: number[]) =>
  `<score>${steps.map((value, at) => `Step ${at + 1}: ${value}/1`).join(", ")}</score>`;
const answers = (count: number, right: (at: number) => number[]) =>
  Array.from({ length: count }, (_, at) => ({ groundTruth: "happy", reply: reply(...right(at)) }));

const lab = answers(40, (at) => [1, at % 4 === 0 ? 0 : 1, at % 2]);
const sentiment = answers(20, () => [1, 1]);
const scores = scoreMmeEmotion({
  tasks: [
    { task: "ER-Lab", answers: lab },
    { task: "SA", answers: sentiment },
    { task: "IR", answers: [{ groundTruth: "x", reply: null }] },
  ],
});
const rules = (seed: string) => ({ alpha: 0.5, seed });
const draws = [lab, sentiment, [{ groundTruth: "x", reply: null }]].map((own, at) =>
  mmeDraws(own, "strict", rules(String(at))),
);

describe("scores of MME-Emotion", () => {
  it("each have the interval of their own draws", () => {
    const metrics = mmeMetrics(scores.tasks[0]!.scores, draws[0]!);
    expect(metrics.map(({ id, value }) => [id, value])).toEqual([
      ["cot", 68.75],
      ["recognition", 50],
      ["reasoning", 87.5],
      ["steps", 3],
    ]);
    for (const { value, low, high, id } of metrics) {
      expect(low).toBeLessThanOrEqual(value!);
      expect(high).toBeGreaterThanOrEqual(value!);
      expect(high! - low! > 0).toBe(id !== "steps");
    }
  });

  it("over all tasks have them too; where nothing was judged there is none", () => {
    const micro = mmeDraws([...lab, ...sentiment], "fraction", rules("micro"));
    const all = { micro, macro: macroDraws(draws) };
    const usages = [
      { promptTokens: 1, completionTokens: 10 },
      undefined,
      { promptTokens: 1, completionTokens: 30 },
    ];
    const overall = mmeOverall(scores, all, usages);
    const find = (id: string) => overall.find((metric) => metric.id === id)!;
    // 60 samples: 20 of the 40 and all of the 20 are recognised.
    expect(find("recognition-micro").value).toBeCloseTo((100 * 40) / 60);
    expect(find("recognition-macro").value).toBe(75);
    for (const id of ["cot-micro", "cot-macro", "reasoning-micro", "recognition-macro"]) {
      const { low, value, high } = find(id);
      expect(low).toBeLessThan(value!);
      expect(high).toBeGreaterThan(value!);
    }
    expect(find("answer-tokens")).toMatchObject({ value: 20, n: 2 });
    const nothing = mmeMetrics(scores.tasks[2]!.scores, draws[2]!);
    expect(nothing[0]).toMatchObject({ value: null, n: 0 });
    expect(nothing[0]).not.toHaveProperty("low");
  });
});
