import { expect, it } from "vitest";
import { contrastOdds } from "./contrast.ts";

/** Odds of three words after the prompt, then after its counterpart. */
const odds = Float32Array.of(1, 0.5, 0.05, 1, 0.1, 0.001);

const of = (alpha: number, beta: number): number[] => {
  const out = new Float64Array(3);
  contrastOdds(odds, 0, 3, { alpha, beta }, out);
  return [...out];
};

it("gives odds of l^(1 + α) / m^α against their largest, by hand", () => {
  // 1, .25 / .1 = 2.5, .0025 / .001 = 2.5
  const [first, second, third] = of(1, 0);
  expect(first).toBeCloseTo(0.4, 5);
  expect(second).toBeCloseTo(1, 5);
  expect(third).toBeCloseTo(1, 5);
});

it("leaves out what the prompt itself finds implausible", () => {
  expect(of(1, 0.1)[2]).toBe(0);
  expect(of(1, 1)).toEqual([1, 0, 0]);
});

it("is the prompt's own odds without weight", () => {
  for (const [at, value] of of(0, 0).entries()) expect(value).toBeCloseTo(odds[at]!, 6);
});

it("takes a word that the counterpart makes impossible as very likely, and stays finite", () => {
  const out = new Float64Array(2);
  contrastOdds(Float32Array.of(1, 0.5, 1, 0), 0, 2, { alpha: 2, beta: 0.1 }, out);
  expect(out[0]).toBeCloseTo(0, 9);
  expect(out[1]).toBe(1);
});

it("keeps what is not a number", () => {
  const out = new Float64Array(2);
  contrastOdds(Float32Array.of(1, Number.NaN, 1, 1), 0, 2, { alpha: 1, beta: 0 }, out);
  expect(out.some(Number.isNaN)).toBe(true);
});
