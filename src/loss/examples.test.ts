import { describe, expect, it } from "vitest";
import { omniPerceptionObjective } from "./objective.ts";
import { presets, resolveLossOptions } from "./presets.ts";
import { referenceKl } from "./reference.ts";
import { sensitivity } from "./sensitivity.ts";
import { surrogate } from "./surrogate.ts";

/** Worked numbers small enough to follow by hand; `vectors.test.ts` checks the shared set. */
function expectRow(actual: ArrayLike<number> | undefined, expected: number[]): void {
  expect(Array.from(actual ?? [], (g) => Math.round(g * 1e10) / 1e10 + 0)).toEqual(expected);
}

describe("worked examples", () => {
  it("clips high, low and dual: those three tokens get no gradient", () => {
    const batch = [
      { advantage: 1.2, full: [-0.5, -1, -0.2], sampled: [-0.55, -1.6, -0.2], claims: [] },
      {
        advantage: -0.8,
        full: [-2, -0.4, -0.1, -0.9],
        sampled: [-1.5, -0.45, -1.6, -0.9],
        claims: [],
      },
    ];
    const result = surrogate(batch, presets.none.surrogate);
    expect(result.loss).toBeCloseTo(0.0976416516, 10);
    expectRow(result.gradient.full[0], [-0.1802179022, 0, -0.1714285714]);
    expectRow(result.gradient.full[1], [0, 0.1201452682, 0, 0.1142857143]);
    expect(result.metrics).toEqual({ "clip/high": 1 / 7, "clip/low": 1 / 7, "clip/dual": 1 / 7 });
  });

  it("SAPO: a soft gate by the sign of the advantage; on-policy it is GRPO", () => {
    const two = Math.log(2);
    const batch = [
      { advantage: 1, full: [-1, -1], sampled: [-1, -1 - two], claims: [] },
      { advantage: -2, full: [-1 - two], sampled: [-1], claims: [] },
    ];
    const options = { ...presets.none.surrogate, kind: "sapo" as const, tauNegative: 2 };
    const result = surrogate(batch, options);
    // ρ = 1 and 2, τ 1: σ(0) = .5 and σ(1) = .7310585786; then ρ = .5, τ 2: σ(−1) = .2689414214
    const values = [-4 * 0.5, -4 * 0.7310585786, (4 / 2) * 0.2689414214 * 2] as const;
    expect(result.loss).toBeCloseTo((values[0] + values[1]) / 4 + values[2] / 2, 9);
    // slopes −4 σ(1 − σ) ρ A: −1, −4 · .1966119332 · 2, and 8 · .1966119332 / 2
    expectRow(
      result.gradient.full[0]?.map((g) => 4 * g),
      [-1, -1.5728954659],
    );
    expectRow(result.gradient.full[1], [0.3932238665]);
    expect(result.metrics).toEqual({ "clip/high": 0, "clip/low": 0, "clip/dual": 0 });
    const fresh = batch.map((sample) => ({ ...sample, sampled: sample.full }));
    const grpo = surrogate(fresh, { ...options, kind: "grpo" });
    expect(surrogate(fresh, options).gradient.full).toEqual(grpo.gradient.full);
  });

  it("gated sensitivity: a grounded claim is left alone, a blind one is lowered blind", () => {
    const full = [-0.8, -0.05, -0.3, -1.2, -0.02, -0.6, -0.1];
    const batch = [
      {
        advantage: 0,
        full,
        sampled: full,
        video: [-2.6, -0.06, -0.35, -1.3, -0.02, -0.55, -0.1],
        claims: [
          { modality: "visual" as const, heads: [0, 2], match: 1 },
          { modality: "visual" as const, heads: [3, 5], match: 0.4 },
        ],
      },
    ];
    const result = sensitivity(batch, { cap: 1.5, level: "claim", routing: "gated" });
    // D = (0.1 + -0.05) = 0.05 on the second claim, so (1.5 - 0.05) / 7 tokens
    expect(result.loss).toBeCloseTo(1.45 / 7, 12);
    expectRow(result.gradient.full[0], [0, 0, 0, -0.0571428571, 0, -0.0571428571, 0]);
    expectRow(result.gradient.video[0], [0, 0, 0, 0.1428571429, 0, 0.1428571429, 0]);
    expect(result.metrics["sensitivity/active"]).toBe(0.5);
  });

  it("reference KL as GRPO prints it: responses weigh alike, whatever weights sampled them", () => {
    const batch = [
      { advantage: 0, full: [-1, -2], sampled: [-3, -1], reference: [-1.5, -2], claims: [] },
      { advantage: 0, full: [-1], sampled: [-1], reference: [-0.5], claims: [] },
    ];
    const result = referenceKl(batch, undefined, "grpo");
    // d = .5, 0 and -.5: k3 = e^-.5 - .5 and e^.5 - 1.5, slopes 1 - e^-.5 and 1 - e^.5
    const [above, below] = [Math.exp(-0.5) - 0.5, Math.exp(0.5) - 1.5];
    expect(result.loss).toBeCloseTo((above / 2 + below) / 2, 15);
    expectRow(result.gradient.full[0], [0.0983673351, 0]);
    expectRow(result.gradient.full[1], [-0.3243606354]);
  });

  it("the whole objective on one rollout", () => {
    const batch = [
      {
        advantage: 0.6,
        full: [-0.5, -0.9, -0.1, -1.2, -0.4, -0.3],
        sampled: [-0.55, -0.9, -0.12, -1.1, -0.4, -0.33],
        reference: [-0.6, -1, -0.1, -1, -0.45, -0.3],
        video: [-0.5, -1, -0.1, -1.25, -0.42, -0.3],
        audio: [-0.5, -1.9, -0.1, -2.6, -0.6, -0.3],
        claims: [
          { modality: "visual" as const, onset: 0, heads: [1], match: 0.5 },
          { modality: "acoustic" as const, onset: 2, heads: [3, 4], match: 1 },
        ],
      },
    ];
    const result = omniPerceptionObjective(
      batch,
      resolveLossOptions({
        preset: "robust",
        reference: { weight: 0.01 },
        invariance: { weight: 0.01 },
      }),
    );
    expect(result.loss).toBeCloseTo(-0.5756922417, 10);
    const third = 0.0033333333;
    expectRow(
      result.gradient.full[0],
      [-0.1049518978, -0.1008333333, -0.102020134, -0.0907853543, -0.0999166667, -0.1030454534],
    );
    expectRow(result.gradient.video[0], [third, third, 0, 0, 0, 0]);
    expectRow(result.gradient.audio[0], [0, 0, third, 0, 0, 0]);
  });

  it("counterfactual: full learns d, the swapped pass is lowered; the other pass is pulled back", () => {
    const claims = [{ modality: "visual" as const, heads: [0, 1, 2], match: 0 }];
    const full = [-0.5, -1, -1, -2];
    const base = { advantage: 0, full, sampled: full, claims };
    const own = omniPerceptionObjective(
      [{ ...base, video: [-1, -1, -4, -9] }],
      resolveLossOptions({ preset: "oppo-swap" }),
    );
    // d = .5, 0, 3 (beyond the cap of 2); weight .05 over three evidence tokens
    expect(own.loss).toBeCloseTo((0.05 * (1.5 + 2)) / 3, 12);
    expectRow(own.gradient.full[0], [-0.0083333333, 0, 0, 0]);
    expectRow(own.gradient.video[0], [0.0166666667, 0.0166666667, 0, 0]);
    const other = omniPerceptionObjective(
      [{ ...base, audio: [-1, -1, -0.5, -9] }],
      resolveLossOptions({ preset: "oppo-swap" }),
    );
    // d = .5, 0, -.5; weight .3 over three evidence tokens: two-sided
    expectRow(other.gradient.full[0], [0.05, 0, -0.05, 0]);
    expectRow(other.gradient.audio[0], [-0.039346934, 0, 0.0648721271, 0]);
  });
});
