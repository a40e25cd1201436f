import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareSeries, estimateRatio } from "./estimate.ts";

const ones = [1, 1, 1, 1];

describe("estimateRatio", () => {
  it("divides sums, not averages ratios", () => {
    const estimate = estimateRatio({ numerator: [1, 0], denominator: [1, 9] }, 100);
    expect(estimate.value).toBe(10);
    expect(estimate.n).toBe(10);
  });

  it("has no value and no interval where nothing was counted", () => {
    const none = estimateRatio({ numerator: [0, 0], denominator: [0, 0] }, 100);
    expect(none).toEqual({ value: null, low: null, high: null, n: 0 });
  });

  it("has no width when all clips agree, and repeats with its seed", () => {
    const sure = estimateRatio({ numerator: [2, 2, 2, 2], denominator: ones }, 1);
    expect([sure.low, sure.high]).toEqual([2, 2]);
    const mixed = { numerator: [0, 1, 0, 1], denominator: ones };
    expect(estimateRatio(mixed, 100)).toEqual(estimateRatio(mixed, 100));
    expect(estimateRatio(mixed, 100).low).toBeLessThan(50);
  });

  it("covers its own value", () => {
    const counts = fc.array(fc.tuple(fc.nat(5), fc.nat(5)), { minLength: 8, maxLength: 30 });
    fc.assert(
      fc.property(counts, (pairs) => {
        const numerator = pairs.map(([hit]) => hit);
        const denominator = pairs.map(([hit, miss]) => hit + miss);
        const { value, low, high } = estimateRatio({ numerator, denominator }, 100, { draws: 200 });
        if (value === null) return;
        expect(low!).toBeLessThanOrEqual(value + 1e-9);
        expect(high!).toBeGreaterThanOrEqual(value - 1e-9);
      }),
      { numRuns: 40 },
    );
  });

  it("agrees with the normal approximation on many clips", () => {
    const numerator = Array.from({ length: 400 }, (_, index) => Number(index % 4 === 0));
    const { low, high } = estimateRatio({ numerator, denominator: numerator.map(() => 1) }, 100);
    const half = 1.96 * Math.sqrt((0.25 * 0.75) / 400) * 100;
    expect(low!).toBeCloseTo(25 - half, -0.5);
    expect(high!).toBeCloseTo(25 + half, -0.5);
  });
});

describe("compareSeries", () => {
  const row = (name: string, numerator: number[]) => ({
    name,
    estimates: {},
    series: { recall: { numerator, denominator: numerator.map(() => 1) } },
  });

  it("pairs clips: a constant gain has an interval without width", () => {
    const low = row("low", [0, 1, 2, 3]);
    const high = row("high", [1, 2, 3, 4]);
    const { recall } = compareSeries(high, low, { recall: 100 });
    expect(recall).toEqual({ difference: 100, low: 100, high: 100 });
  });

  it("refuses different clips", () => {
    expect(() => compareSeries(row("a", [1]), row("b", [1, 2]), {})).toThrow(/other items/);
  });
});
