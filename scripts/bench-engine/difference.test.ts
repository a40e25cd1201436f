import { expect, test } from "vitest";
import { type Computed, difference } from "./difference.ts";

const computed = (logprob: number, gradient: number[]): Computed => ({
  logprobs: [Float32Array.of(-1, logprob)],
  gradients: new Map([["w", Float32Array.from(gradient)]]),
});

test("equal results differ by nothing", () => {
  const same = computed(-2, [3, 4]);
  expect(difference(same, same)).toEqual({ logprob: 0, gradient: 0, norm: 0 });
});

test("one log-prob, one gradient off", () => {
  const found = difference(computed(-2, [3, 4]), computed(-2.5, [3, 2]));
  expect(found.logprob).toBe(0.5);
  expect(found.gradient).toBe(0.5);
  expect(found.norm).toBeCloseTo((5 - Math.sqrt(13)) / 5, 6);
});

test("NaN, a missing parameter or another length is no agreement", () => {
  expect(difference(computed(-2, [3]), computed(Number.NaN, [3])).logprob).toBe(Infinity);
  expect(difference(computed(-2, [3]), computed(-2, [3, 4])).gradient).toBe(Infinity);
  const without: Computed = { logprobs: computed(-2, [3]).logprobs, gradients: new Map() };
  expect(difference(computed(-2, [3]), without).gradient).toBe(Infinity);
});
