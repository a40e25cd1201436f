import { describe, expect, it } from "vitest";
import { levelOf } from "./collapse.ts";
import {
  type GuardState,
  guardCanary,
  guardStep,
  initialGuardState,
  type StepFacts,
} from "./guards.ts";
import { guardOptions } from "./options.ts";

const options = guardOptions.parse({});
const healthy: StepFacts = {
  step: 1,
  informativeGroups: 0.5,
  emptyShare: 0,
  gradientNorm: 1,
  loss: 0.1,
};

/** Steps with these changes, from 1 on; the state goes through JSON as a checkpoint's does. */
function steps(list: readonly Partial<StepFacts>[], settings = options): GuardState {
  return list.reduce<GuardState>(
    (state, changes, index) =>
      JSON.parse(
        JSON.stringify(guardStep(state, { ...healthy, step: index + 1, ...changes }, settings)),
      ),
    initialGuardState,
  );
}

describe("guards of one step", () => {
  it.each([
    ["GUARD_NOT_FINITE", { loss: Number.NaN }, /step 1: loss is NaN \(lower the learning rate/],
    ["GUARD_NOT_FINITE", { gradientNorm: Number.POSITIVE_INFINITY }, /gradientNorm is Infinity/],
    ["GUARD_EMPTY", { emptyShare: 0.75 }, /75 % of the completions are empty/],
    ["GUARD_SAMPLER_GAP", { samplerGap: 0.2 }, /disagree by 0\.2000 nats per token/],
  ] as const)("%s", (code, facts, message) => {
    const run = () => steps([facts]);
    expect(run).toThrow(message);
    expect(run).toThrow(expect.objectContaining({ code }));
  });

  it.each([
    [
      "GUARD_CONSTANT_REWARD",
      { informativeGroups: 0 },
      5,
      /step 5: no group had different rewards/,
    ],
    ["GUARD_ZERO_GRADIENT", { gradientNorm: 0 }, 3, /step 3: the gradient was exactly zero/],
  ] as const)("%s: after so many steps in a row, not before", (_code, facts, count, message) => {
    const run = (length: number) => steps(Array.from({ length }, () => facts));
    expect(() => run(count - 1)).not.toThrow();
    expect(() => run(count)).toThrow(message);
    const interrupted = [...Array(count - 1).fill(facts), healthy, ...Array(count - 1).fill(facts)];
    expect(() =>
      steps(interrupted.map((one, index) => ({ ...one, step: index + 1 }))),
    ).not.toThrow();
  });

  it("a gradient that is zero because all rewards are alike is told as that, with the reward", () => {
    const levels = { reward: { mean: 0.48, error: 0 }, format: { mean: 1, error: 0 } };
    const solved = { informativeGroups: 0, gradientNorm: 0, levels };
    expect(() => steps(Array(5).fill(solved))).toThrow(
      /^step 5: no group had different rewards for 5 steps: .* at a mean reward of 0\.48/,
    );
  });

  it("the canary names the stream that has no effect; NaN is none", () => {
    expect(() => guardCanary({ video: 0.1, audio: 0.1 }, options)).not.toThrow();
    expect(() => guardCanary({ video: 0.1, audio: 0 }, options)).toThrow(/hiding the audio/);
    expect(() => guardCanary({ video: Number.NaN, audio: 1 }, options)).toThrow(/hiding the video/);
  });
});

describe("collapse against the cold start", () => {
  const level = (mean: number, error = 0.02) => ({ mean, error });
  const run = (rewards: readonly number[], formats = rewards.map(() => 1), settings = options) =>
    steps(
      rewards.map((reward, index) => ({
        levels: { reward: level(reward), format: level(formats[index]!) },
      })),
      settings,
    );
  /** From `first` to `last` within ten steps, and there. */
  const fall = (first: number, last: number, count = 30) =>
    Array.from({ length: count }, (_, step) => Math.max(last, first + ((last - first) * step) / 9));

  it("stops a reward that fell from 1 to .06 within ten steps, soon after", () => {
    expect(() => run(fall(1, 0.06))).toThrow(
      /^step 1[1-4]: reward fell from 1\.00 on the cold start's weights to 0\.\d\d, .*below 50 % of it for 3 steps/,
    );
  });

  it("stops a format that fell from 1 to .28, whatever the reward does", () => {
    const constant = fall(0.6, 0.6);
    expect(() => run(constant, fall(1, 0.28))).toThrow(/format fell from 1\.00/);
  });

  it("says why and names three cures", () => {
    expect(() => run(fall(1, 0))).toThrow(
      /destroy what the cold start learned: lower rl.learningRate, raise loss.reference.weight, or take more clips per step \(rl.prompts\)/,
    );
    expect(() => run(fall(1, 0))).toThrow(expect.objectContaining({ code: "GUARD_COLLAPSE" }));
  });

  it("lets single bad steps and a fall by a third pass", () => {
    const swings = Array.from({ length: 60 }, (_, step) => (step % 4 === 3 ? 0.1 : 0.8));
    expect(() => run(swings)).not.toThrow();
    expect(() => run(fall(0.9, 0.6, 60))).not.toThrow();
  });

  it("a lucky first step is no standard: its error counts", () => {
    const later = Array(40).fill({ levels: { reward: level(0.4), format: level(1) } });
    const first = (error: number) => ({ levels: { reward: level(0.95, error), format: level(1) } });
    expect(() => steps([first(0.1), ...later])).not.toThrow();
    expect(() => steps([first(0), ...later])).toThrow(/reward fell from 0\.95/);
  });

  it("a cold start without any reward has nothing to lose", () => {
    expect(() => run([0, 0, 0.01, 0, 0, 0, 0, 0, 0], Array(9).fill(1))).not.toThrow();
    expect(() => run([0.08, ...Array(20).fill(0)])).not.toThrow();
  });

  it("collapseShare 0 turns it off, collapseSteps waits longer", () => {
    const off = guardOptions.parse({ collapseShare: 0 });
    expect(() => run(fall(1, 0), undefined, off)).not.toThrow();
    const patient = guardOptions.parse({ collapseSteps: 12 });
    expect(() => run(fall(1, 0), undefined, patient)).toThrow(/step 2\d: .*for 12 steps/);
  });

  it("a checkpoint of an older version starts the comparison where it goes on", () => {
    const old: GuardState = { constantSteps: 1, zeroGradientSteps: 0 };
    const levels = { reward: level(0.5), format: level(1) };
    expect(guardStep(old, { ...healthy, levels }, options).watched!.reward.start).toBe(0.5);
  });

  it("nothing is watched where nothing is sampled", () => {
    expect(steps([{}, {}])).toEqual(initialGuardState);
  });
});

describe("level of a step", () => {
  it("is the mean of all rollouts with the error of the clips' means", () => {
    const { mean, error } = levelOf([
      [1, 1],
      [0, 0],
      [1, 0],
      [0, 1],
    ]);
    expect(mean).toBe(0.5);
    // deviation of 1, 0, .5, .5 over the root of four clips
    expect(error).toBeCloseTo(Math.sqrt(0.5 / 3) / 2, 12);
  });

  it("of a single clip is not known well enough to compare with", () => {
    expect(levelOf([[1, 1, 1]]).error).toBe(1);
  });
});
