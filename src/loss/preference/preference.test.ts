import { describe, expect, it } from "vitest";
import { randomBatch } from "../fixture.ts";
import type { LossSample } from "../sample.ts";
import { preferenceSchema } from "./options.ts";
import { preference } from "./preference.ts";

const options = preferenceSchema.parse({});

const sample = (
  advantage: number,
  full: number[],
  sentences: { heads: number[]; match: number }[],
  group = 0,
): LossSample => ({
  advantage,
  full,
  sampled: full,
  reference: full.map(() => -1),
  claims: [],
  sentences: sentences.map((sentence) => ({ modality: "visual", ...sentence })),
  group,
});

describe("a pair of a group", () => {
  const chosen = sample(
    1,
    [-0.5, -2, -1.5],
    [
      { heads: [0], match: 0.9 },
      { heads: [1], match: 0.2 },
    ],
  );
  const rejected = sample(
    -1,
    [-3, -0.2, -1.1],
    [
      { heads: [0], match: 0.1 },
      { heads: [1], match: 0.8 },
    ],
  );

  it("is compared without the chosen one's false sentence and the rejected one's true one, by hand", () => {
    // chosen: tokens 0 and 2, .5 − .5 = 0; rejected: tokens 0 and 2, −2 − .1 = −2.1
    const { loss, gradient, metrics } = preference([chosen, rejected], options);
    const margin = 0 + 2.1;
    expect(loss).toBeCloseTo(Math.log(1 + Math.exp(-0.1 * margin)), 12);
    const slope = 0.1 / (1 + Math.exp(0.1 * margin));
    const expected = [
      [-slope, 0, -slope],
      [slope, 0, slope],
    ];
    gradient.full.forEach((row, at) => {
      row.forEach((value, token) => {
        expect(value).toBeCloseTo(expected[at]![token]!, 12);
      });
    });
    expect(metrics).toMatchObject({ "preference/pairs": 1, "preference/right": 1 });
  });

  it("is DPO where all sentences count", () => {
    const { loss } = preference([chosen, rejected], { ...options, sentences: "all" });
    // chosen .5 − 1 − .5 = −1; rejected −2 + .8 − .1 = −1.3
    expect(loss).toBeCloseTo(Math.log(1 + Math.exp(-0.1 * 0.3)), 12);
  });

  it("is none of two groups, nor of equal rewards", () => {
    const apart = [chosen, { ...rejected, group: 1 }];
    const alike = [chosen, { ...rejected, advantage: 1 }];
    for (const batch of [apart, alike]) {
      const { loss, gradient, metrics } = preference(batch, options);
      expect(loss).toBe(0);
      expect(gradient.full.flatMap((row) => [...row]).every((value) => value === 0)).toBe(true);
      expect(metrics).toEqual({ "preference/pairs": 0 });
    }
  });
});

it("pairs a group from both ends, or its best with its worst alone", () => {
  const batch = [0.3, -2, 1, 0, -1].map((advantage) => sample(advantage, [-1], []));
  const learning = (pairs: "best" | "ranked") => {
    const { gradient } = preference(batch, { ...options, pairs });
    return gradient.full.map(([value]) => Math.sign(value!) + 0);
  };
  expect(learning("ranked")).toEqual([-1, 1, -1, 0, 1]);
  expect(learning("best")).toEqual([0, 1, -1, 0, 0]);
});

it("has the gradient of central differences", () => {
  for (const seed of [1, 2, 3]) {
    const batch = randomBatch(seed, { samples: 6 }).map((one, at) => ({
      ...one,
      group: at % 2,
      sentences: one.claims,
    }));
    const { gradient } = preference(batch, options);
    const step = 1e-5;
    batch.forEach((one, at) => {
      for (let token = 0; token < one.full.length; token++) {
        const at2 = (by: number) => {
          const full = Array.from(one.full);
          full[token] = full[token]! + by;
          return preference(batch.with(at, { ...one, full }), options).loss;
        };
        const numeric = (at2(step) - at2(-step)) / (2 * step);
        expect(gradient.full[at]![token]).toBeCloseTo(numeric, 7);
      }
    });
    expect(gradient.full.some((row) => row.some((value) => value !== 0))).toBe(true);
  }
});

it("says what a batch lacks", () => {
  const whole = sample(1, [-1], []);
  const other = sample(-1, [-1], []);
  const { group: _g, ...groupless } = whole;
  const { sentences: _s, ...speechless } = whole;
  const { reference: _r, ...alone } = whole;
  expect(() => preference([groupless, other], options)).toThrow(/sample 0 .* which group/);
  expect(() => preference([speechless, other], options)).toThrow(/nobody said what is true/);
  expect(() => preference([alone, other], options)).toThrow(/no reference log-probs/);
});
