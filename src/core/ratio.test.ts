import { describe, expect, it } from "vitest";
import { estimateJoined, ratio } from "./ratio.ts";

const recall = { numerator: [1, 0, 1, 1], denominator: [2, 0, 1, 1] };
const precision = { numerator: [1, 1, 0, 1], denominator: [1, 2, 1, 1] };

describe("ratios over items", () => {
  it("divide sums, over all items or over the drawn ones", () => {
    expect(ratio(recall)).toBe(0.75);
    expect(ratio(recall, Int32Array.of(0, 0, 2))).toBe(3 / 5);
    expect(ratio(recall, Int32Array.of(1, 1))).toBeNaN();
  });

  it("join to a mean and to F1, with an interval that holds the value", () => {
    const options = { draws: 200, seed: 1 };
    const mean = estimateJoined([recall, precision], "mean", 100, options);
    expect(mean.value).toBeCloseTo((75 + 60) / 2);
    expect(mean.low!).toBeLessThan(mean.value!);
    expect(mean.high!).toBeGreaterThan(mean.value!);
    const f1 = estimateJoined([recall, precision], "harmonic", 100, options);
    expect(f1.value).toBeCloseTo((2 * 75 * 60) / 135);
    expect(estimateJoined([recall, precision], "harmonic", 100, options)).toEqual(f1);
  });

  it("are nothing where nothing was counted, and F1 of two zeros is zero", () => {
    const none = { numerator: [0, 0], denominator: [0, 0] };
    const zero = { numerator: [0, 0], denominator: [1, 1] };
    expect(estimateJoined([none], "only", 1)).toEqual({ value: null, low: null, high: null, n: 0 });
    expect(estimateJoined([none, zero], "mean", 1).value).toBe(0);
    expect(estimateJoined([none, zero], "harmonic", 1).value).toBeNull();
    expect(estimateJoined([zero, zero], "harmonic", 1).value).toBe(0);
  });
});
