import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batchAdvantages, gdpoGroup, groupAdvantages } from "./advantages.ts";
import { rewardOptions } from "./options.ts";

const options = rewardOptions.parse({});
const rollout = (reward: number, accuracy = 0, perception = 0) => ({
  reward,
  terms: { accuracy, format: 1, perception },
});

describe("groupAdvantages", () => {
  it("divides by the deviation, but never by less than the floor", () => {
    const floor = { normalise: "floor", stdFloor: 0.1 } as const;
    const [low, high] = groupAdvantages([0.5, 0.52], floor);
    expect(high).toBeCloseTo(0.1, 9);
    expect(low).toBeCloseTo(-0.1, 9);
    const [far] = groupAdvantages([0, 1], floor);
    expect(far).toBeCloseTo(-0.5 / Math.SQRT1_2, 9);
    expect(groupAdvantages([0.5, 0.52], { normalise: "z-score", stdFloor: 0.1 })[1]).toBeCloseTo(
      Math.SQRT1_2,
      3,
    );
    expect(groupAdvantages([0.25, 0.75], { normalise: "none", stdFloor: 0.1 })).toEqual([
      -0.25, 0.25,
    ]);
  });

  it("leave-one-out compares a rollout with the mean of the others (RLOO)", () => {
    const rloo = { normalise: "leave-one-out", stdFloor: 0.1 } as const;
    const [low, middle, high] = groupAdvantages([0, 0.5, 1], rloo);
    expect(low).toBeCloseTo(0 - (0.5 + 1) / 2, 12);
    expect(middle).toBeCloseTo(0, 12);
    expect(high).toBeCloseTo(1 - (0 + 0.5) / 2, 12);
    expect(groupAdvantages([0.2, 0.9], rloo)[1]).toBeCloseTo(0.9 - 0.2, 12);
  });

  it("is exactly 0 for equal rewards and for one rollout", () => {
    for (const normalise of ["floor", "none", "z-score", "leave-one-out"] as const) {
      expect(groupAdvantages(new Array(8).fill(0.1), { normalise, stdFloor: 0.1 })).toEqual(
        new Array(8).fill(0),
      );
      expect(groupAdvantages([0.3], { normalise, stdFloor: 0.1 })).toEqual([0]);
    }
  });

  it("sums to 0 and keeps the order", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 16 }),
        (rewards) => {
          const advantages = groupAdvantages(rewards, { normalise: "floor", stdFloor: 0.1 });
          expect(advantages.reduce((sum, a) => sum + a, 0)).toBeCloseTo(0, 9);
          const best = rewards.indexOf(Math.max(...rewards));
          expect(advantages[best]).toBeCloseTo(Math.max(...advantages), 12);
        },
      ),
    );
  });
});

describe("batchAdvantages", () => {
  const varied = [rollout(0.2), rollout(0.9)];
  const constant = [rollout(0.4), rollout(0.4)];

  it("compares rollouts within their group; a constant group gets exact zeros", () => {
    const [first, second] = batchAdvantages([varied, constant], options);
    expect(first![1]).toBeGreaterThan(0);
    expect(first![0]).toBeCloseTo(-first![1]!, 12);
    expect(second).toEqual([0, 0]);
  });

  it("gdpo gives each term its own scale and whitens the batch", () => {
    const group = [
      rollout(0.6, 1, 0.5),
      rollout(0.5, 1, 0.4),
      rollout(0.1, 0, 0.5),
      rollout(0, 0, 0.4),
    ];
    const advantages = batchAdvantages(
      [group],
      rewardOptions.parse({ advantages: { normalise: "gdpo" } }),
    );
    const [both, accurate, perceptive, neither] = advantages[0] as [number, number, number, number];
    expect(both).toBeGreaterThan(accurate);
    // A tenth of perception counts .7 times a whole accuracy: both are one step of their own term.
    expect((perceptive - neither) / (accurate - neither)).toBeCloseTo(0.7, 4);
    expect(both ** 2 + accurate ** 2 + perceptive ** 2 + neither ** 2).toBeCloseTo(3, 4);
  });

  it("names the rollout whose reward is no number", () => {
    const broken = [varied, [rollout(0.1), rollout(Number.NaN)]];
    expect(() => batchAdvantages(broken, options)).toThrow(/group 1, rollout 1: reward is NaN/);
  });

  it("weighs gdpo terms", () => {
    const group = [rollout(0, 1, 0), rollout(0, 0, 1)].map(({ terms }) => terms);
    const weighing = (weights: object) => rewardOptions.parse({ weights });
    expect(gdpoGroup(group, weighing({ perception: 0 }))[0]).toBeGreaterThan(0);
    expect(gdpoGroup(group, weighing({ accuracy: 0 }))[0]).toBeLessThan(0);
  });
});
