import { describe, expect, it } from "vitest";
import { PolicyError } from "../../core/errors.ts";
import { adamStep, globalNorm, initAdam } from "./adam.ts";

const one = (...values: number[]) => new Map([["w", Float32Array.from(values)]]);

describe("adamStep", () => {
  it("moves by the learning rate against the gradient's sign at the first step", () => {
    const weights = one(1, 1);
    const report = adamStep(weights, one(3, -4), initAdam(weights), { learningRate: 0.1 });
    expect(Array.from(weights.get("w")!)).toEqual([expect.closeTo(0.9, 6), expect.closeTo(1.1, 6)]);
    expect(report).toEqual({ gradientNorm: 5, clipped: false, step: 1 });
  });

  it("follows the textbook recursion over several steps", () => {
    const weights = one(0.5);
    const state = initAdam(weights);
    const options = {
      learningRate: 0.01,
      beta1: 0.8,
      beta2: 0.95,
      epsilon: 1e-3,
      weightDecay: 0.1,
    };
    let [x, m, v] = [0.5, 0, 0];
    for (let t = 1; t <= 5; t++) {
      const g = Math.sin(t);
      adamStep(weights, one(g), state, options);
      m = 0.8 * m + 0.2 * g;
      v = 0.95 * v + 0.05 * g * g;
      const update = m / (1 - 0.8 ** t) / (Math.sqrt(v / (1 - 0.95 ** t)) + 1e-3);
      x -= 0.01 * (update + 0.1 * x);
    }
    expect(weights.get("w")![0]).toBeCloseTo(x, 6);
  });

  it("scales the whole gradient to clipNorm", () => {
    const state = initAdam(one(0, 0));
    adamStep(one(0, 0), one(30, 40), state, { learningRate: 0, clipNorm: 5, beta1: 0 });
    expect(Array.from(state.first.get("w")!)).toEqual([3, 4]);
  });

  it("changes nothing on a gradient that is not finite", () => {
    const weights = one(1);
    const state = initAdam(weights);
    const step = () => adamStep(weights, one(Number.NaN), state, { learningRate: 1 });
    expect(step).toThrow(PolicyError);
    expect([weights.get("w")![0], state.step]).toEqual([1, 0]);
  });
});

it("globalNorm sums over all parameters", () => {
  const gradient = new Map([
    ["a", Float32Array.of(2, 3)],
    ["b", Float32Array.of(6)],
  ]);
  expect(globalNorm(gradient)).toBe(7);
});
