import { describe, expect, it } from "vitest";
import type { Difference, Estimate } from "../../core/ratio.ts";
import {
  beats,
  growthAnswer,
  inflatesGap,
  loose,
  reachAnswer,
  tellsFalseFromTrue,
  wins,
} from "./answers.ts";
import { differencesOverSeeds, estimatesOverSeeds } from "./over-seeds.ts";

const value = (...values: (number | null)[]) =>
  estimatesOverSeeds(
    values.map((each): Estimate => ({ value: each, low: each, high: each, n: 1 })),
  );
const less = (...values: (number | null)[]) =>
  differencesOverSeeds(
    values.map(
      (difference): Difference => ({
        difference,
        low: difference === null ? null : difference - 1,
        high: difference === null ? null : difference + 1,
      }),
    ),
  );

describe("numbers over seeds", () => {
  it("are mean and sample deviation, undefined seeds left out", () => {
    expect(value(1, 3)).toMatchObject({ mean: 2, sd: Math.SQRT2 });
    expect(value(1, null)).toMatchObject({ mean: 1, sd: null });
    expect(value(null)).toMatchObject({ mean: null, sd: null });
    expect(less(2, 4)).toMatchObject({ mean: 3, sd: Math.SQRT2 });
  });
});

describe("answers by the rules", () => {
  it("the selector's reach needs every seed on one side", () => {
    expect(reachAnswer(value(3, 9.9))).toBe("never");
    expect(reachAnswer(value(3, 10))).toBe("in part");
    expect(reachAnswer(value(51, 90))).toBe("does");
    expect(reachAnswer(value(50, 90))).toBe("in part");
    expect(reachAnswer(value(null))).toBe("in part");
  });

  it("false is told from true by ten points, the interval below 0", () => {
    expect(tellsFalseFromTrue(less(-10, -40))).toBe(true);
    expect(tellsFalseFromTrue(less(-9, -40))).toBe(false);
    expect(tellsFalseFromTrue(less(null))).toBe(false);
  });

  it.each([
    ["did not grow", { byFull: 1, byMasked: -2, full: 0, masked: 3 }],
    ["masked pass", { byFull: 1, byMasked: 2, full: -0.5, masked: 3 }],
    ["not the masked pass alone", { byFull: 2, byMasked: 1, full: -0.5, masked: 3 }],
    ["not the masked pass alone", { byFull: 1, byMasked: 2, full: -4, masked: 3 }],
  ] as const)("growth: %s (%o)", (answer, { byFull, byMasked, full, masked }) => {
    const growth = {
      byFull: value(byFull),
      byMasked: value(byMasked),
      full: less(full),
      masked: less(masked),
    };
    expect(growthAnswer(growth)).toBe(answer);
  });

  it("a hack beats with the interval above 0 in every seed, and wins with half of the reference's", () => {
    expect(beats(less(1.5, 3))).toBe(true);
    expect(beats(less(0.5, 3))).toBe(false);
    expect(wins(less(1.5, 3), value(1, 1), value(2, 2))).toBe(true);
    expect(wins(less(1.5, 3), value(1, 0.9), value(2, 2))).toBe(false);
  });

  it("the gap is inflated where it surely grew, and more than the information", () => {
    expect(inflatesGap({ gap: less(2, 3), information: less(1, -2) })).toBe(true);
    expect(inflatesGap({ gap: less(2, 3), information: less(1, 4) })).toBe(false);
    expect(inflatesGap({ gap: less(2, 0.5), information: less(1, -2) })).toBe(false);
  });

  it("the bound is loose where more than half is gap, in every seed", () => {
    expect(loose(value(0.6, 0.6), value(1, 1))).toBe(true);
    expect(loose(value(0.6, 0.5), value(1, 1))).toBe(false);
    expect(loose(value(null), value(null))).toBe(false);
  });
});
