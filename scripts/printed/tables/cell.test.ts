import { describe, expect, it } from "vitest";
import { estimatesOverSeeds } from "../../../src/bench/printed/over-seeds.ts";
import { cell, table } from "./cell.ts";

const of = (...values: (number | null)[]) =>
  estimatesOverSeeds(values.map((value) => ({ value, low: value, high: value, n: 1 })));

describe("a cell", () => {
  it("of one run has its interval, of several their deviation, of none a dash", () => {
    expect(cell(of(2))).toBe("2.0 [2.0, 2.0]");
    expect(cell(of(1, 3), 2)).toBe("2.00 ± 1.41");
    expect(cell(of(null))).toBe("–");
  });
});

describe("a table", () => {
  it("is Markdown with numbers to the right", () => {
    expect(table(["", "a"], [["x", "1"]])).toBe("|  | a |\n| --- | ---: |\n| x | 1 |");
  });
});
