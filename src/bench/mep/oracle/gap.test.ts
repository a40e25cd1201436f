import { describe, expect, it } from "vitest";
import { gapClosed, gapMetrics, gapTable, gapText } from "./gap.ts";
import type { MepResult } from "./result.ts";

/** A system with the same score on every metric; its clips differ by at most `spread`. */
function result(name: string, percent: number, spread = 0): MepResult {
  const numerator = Array.from(
    { length: 40 },
    (_, at) => percent / 100 + (at % 2 ? 1 : -1) * spread,
  );
  const series = { numerator, denominator: numerator.map(() => 1) };
  const all = <Value>(value: Value) => Object.fromEntries(gapMetrics.map((id) => [id, value]));
  return {
    name,
    estimates: all({ value: percent, low: percent, high: percent, n: 40 }),
    series: all(series),
    itemsHash: "x",
    rules: "r",
    policy: "p",
    settings: { bootstrapDraws: 200 },
    controls: [],
    clips: [],
    seconds: 0,
  };
}

describe("gap closed", () => {
  const [start, top] = [result("cold-start", 30), result("ceiling", 70)];

  it("is 0 at the start and 100 at the ceiling, below and above beyond them", () => {
    const systems = [30, 50, 70, 20, 80].map((score) => result("x", score));
    const shares = gapClosed(systems, start, top).map(({ f1 }) => f1);
    expect(shares).toEqual([0, 50, 100, -25, 125].map((share) => expect.closeTo(share, 9)));
  });

  it("is nothing where the ceiling is not above the start by more than chance", () => {
    const near = result("ceiling", 31, 0.3);
    expect(gapClosed([result("x", 60)], start, near)[0]!.f1).toBeNull();
    expect(gapClosed([result("x", 60)], start, result("ceiling", 20))[0]!.f1).toBeNull();
  });

  it("refuses results on other items", () => {
    expect(() => gapClosed([start], start, { ...top, itemsHash: "y" })).toThrow(/other items/);
  });

  it("is given for what references teach, and not for answers or hallucination", () => {
    const [gap] = gapClosed([result("x", 50)], start, top);
    expect(Object.keys(gap!)).toEqual(gapMetrics);
    expect(gapMetrics.some((id) => /accuracy|cross|format/.test(id))).toBe(false);
    expect(gapTable([result("x", 50)], [gap!])[1]).toEqual(["x", ...gapMetrics.map(() => "50")]);
  });

  it("is written with a sign that is a minus, and never as minus nothing", () => {
    expect([31.4, -4.4, -0.2, null, undefined].map(gapText)).toEqual(["31", "−4", "0", "–", "–"]);
  });
});
