import { expect, test } from "vitest";
import { ratio, spread } from "./statistics.ts";

test("a spread is median and quartiles, whatever the order of the rounds", () => {
  expect(spread([5, 1, 4, 2, 3])).toEqual({ median: 3, low: 2, high: 4, rounds: 5 });
  expect(spread([2, 4]).median).toBe(3);
});

test("ratios are taken round by round: a round in which everything took ten times as long changes nothing", () => {
  const base = [10, 100, 10];
  const twice = [20, 200, 20];
  expect(ratio(twice, base)).toEqual({ median: 2, low: 2, high: 2, rounds: 3 });
});

test("rounds of one side alone are left out of a ratio", () => {
  expect(ratio([3, 6, 1000], [1, 2])).toMatchObject({ median: 3, rounds: 2 });
  expect(ratio([], [1]).median).toBeNaN();
});
