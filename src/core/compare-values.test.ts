import { describe, expect, it } from "vitest";
import { compareValues, joinComparisons } from "./compare-values.ts";

describe("compareValues", () => {
  it("counts equal values, NaN by its name", () => {
    const recorded = { a: [1, "NaN", null], b: { c: "x" }, none: [] };
    const got = { a: [1, Number.NaN, null], b: { c: "x" }, none: [] };
    expect(compareValues(recorded, got)).toEqual({ checked: 5, mismatches: [] });
  });

  it("finds a difference in the last bit, and values that one side lacks", () => {
    const { checked, mismatches } = compareValues(
      { a: 0.3, b: 1, list: [1, 2], tree: {} },
      { a: 0.1 + 0.2, c: 1, list: [1], tree: [] },
      "cases.0",
    );
    expect(checked).toBe(6);
    expect(mismatches).toEqual([
      { path: "cases.0.a", expected: 0.3, got: 0.1 + 0.2 },
      { path: "cases.0.b", expected: 1, got: undefined },
      { path: "cases.0.list.1", expected: 2, got: undefined },
      { path: "cases.0.tree", expected: {}, got: [] },
      { path: "cases.0.c", expected: undefined, got: 1 },
    ]);
    expect(joinComparisons([{ checked, mismatches }, compareValues(1, 1)]).checked).toBe(7);
  });
});
