import { describe, expect, it } from "vitest";
import { pairwiseMean, pairwiseSum } from "./pairwise-sum.ts";
import { pythonFixed, pythonInteger, pythonStrip } from "./python-text.ts";

describe("python text", () => {
  it("formats ties to even and everything else to nearest", () => {
    const shown = [6.25, 6.35, 0.25, 0.75, 12.5, 0.05, 100, 2 / 3, -0.25].map((value) =>
      pythonFixed(value, 1),
    );
    // python3 -c "print(['%.1f' % v for v in (6.25, 6.35, .25, .75, 12.5, .05, 100, 2/3, -.25)])"
    expect(shown).toEqual(["6.2", "6.3", "0.2", "0.8", "12.5", "0.1", "100.0", "0.7", "-0.2"]);
    expect([0.5, 1.5, 2.5, 3.5, 9.5, 10.5].map((value) => pythonFixed(value, 0))).toEqual([
      "0",
      "2",
      "2",
      "4",
      "10",
      "10",
    ]);
    expect([0.125, 0.375, 78.545].map((value) => pythonFixed(value, 2))).toEqual([
      "0.12",
      "0.38",
      "78.55",
    ]);
    expect([Number.NaN, -0].map((value) => pythonFixed(value, 1))).toEqual(["nan", "-0.0"]);
  });

  it("strips what Python strips", () => {
    expect(pythonStrip("\u0085\u001c a b\u00a0\n")).toBe("a b");
    expect(pythonStrip("\uFEFFa")).toBe("\uFEFFa");
  });

  it("reads digits of any script", () => {
    expect(["12", "１２", "٣", "𝟙𝟘", "१०"].map(pythonInteger)).toEqual([12, 12, 3, 10, 10]);
    expect(["", "²", "1a"].map(pythonInteger)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });
});

describe("pairwise sum", () => {
  // numpy 2.4.6: a = 1 / numpy.arange(1, n + 1); numpy.sum(a)
  const recorded: Record<number, number> = {
    7: 2.5928571428571425,
    9: 2.8289682539682537,
    128: 5.433147092589173,
    129: 5.440899030573669,
    300: 6.282663880299504,
    1000: 7.485470860550345,
    4097: 8.895347978001228,
  };

  it("adds in numpy's order", () => {
    for (const [n, expected] of Object.entries(recorded)) {
      const values = Array.from({ length: Number(n) }, (_, i) => 1 / (i + 1));
      expect(pairwiseSum(values)).toBe(expected);
    }
  });

  it("differs from a plain loop where numpy does", () => {
    const values = Array.from({ length: 1000 }, (_, i) => 1 / (i + 1));
    expect(pairwiseSum(values)).not.toBe(values.reduce((a, b) => a + b, 0));
  });

  it("has no mean of nothing", () => {
    expect(pairwiseMean([])).toBeNaN();
    expect(pairwiseMean([1, 2, 6])).toBe(3);
  });
});
