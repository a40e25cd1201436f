import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { resampleRows } from "./resample.ts";

const column = (...values: number[]) => ({
  rows: values.length,
  dim: 1,
  values: Float64Array.from(values),
});

describe("rows brought to tokens", () => {
  it.each([
    ["as many: themselves", [1, 2, 3], 3, [1, 2, 3]],
    ["twice as many: means of two", [1, 3, 5, 7], 2, [2, 6]],
    ["three for two: the middle one counts half on either side", [0, 3, 9], 2, [1, 7]],
    ["five for three", [1, 2, 3, 4, 5], 3, [1.4, 3, 4.6].map(Math.fround)],
    ["half as many: each twice", [1, 2], 4, [1, 1, 2, 2]],
    ["two for three: the middle token is their mean", [2, 4], 3, [2, 3, 4]],
    ["one: repeated", [7], 3, [7, 7, 7]],
  ])("%s", (_, values, tokens, expected) => {
    expect([...resampleRows(column(...values), tokens)]).toEqual(expected);
  });

  it("takes each column for itself", () => {
    const values = Float32Array.of(1, 10, 3, 30);
    expect([...resampleRows({ rows: 2, dim: 2, values }, 1)]).toEqual([2, 20]);
  });

  it("leaves a constant stream constant, to the bit, at any length and number of tokens", () => {
    const finite = fc.float({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(finite, fc.nat(300), fc.nat(40), (value, more, tokens) => {
        const rows = more + 1;
        const values = new Float32Array(rows).fill(value);
        const out = resampleRows({ rows, dim: 1, values }, tokens + 1);
        // −0 comes back as 0
        expect([...out].every((one) => one === value)).toBe(true);
      }),
    );
  });

  it("keeps the mean over the clip", () => {
    const some = fc.array(fc.float({ min: -8, max: 8, noNaN: true }), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(some, fc.integer({ min: 1, max: 40 }), (values, tokens) => {
        const out = resampleRows(column(...values), tokens);
        const mean = (list: Iterable<number>, count: number) =>
          [...list].reduce((sum, value) => sum + value, 0) / count;
        expect(mean(out, tokens)).toBeCloseTo(mean(values, values.length), 4);
      }),
    );
  });
});
