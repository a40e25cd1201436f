import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomBatch } from "./fixture.ts";
import { gradientNorm, omniPerceptionObjective, selectClaims } from "./objective.ts";
import { type LossConfig, presetNames } from "./options.ts";
import { resolveLossOptions } from "./presets.ts";
import type { LossResult, LossSample } from "./sample.ts";
import { referencedClauses } from "./selectors.ts";
import { sensitivity } from "./sensitivity.ts";
import { addTotals, measureTotals } from "./totals.ts";

/**
 * Every auxiliary term, switched on alone. `bound` terms act on evidence tokens (or onsets) only.
 */
const terms: { name: string; on: LossConfig; bound: boolean }[] = [
  { name: "reference", on: { reference: { weight: 0.1 } }, bound: false },
  { name: "sensitivity", on: { sensitivity: { weight: 0.1 } }, bound: true },
  { name: "onset", on: { onset: { weight: 0.1 } }, bound: true },
  { name: "invariance", on: { invariance: { weight: 0.1 } }, bound: true },
  { name: "attribution", on: { attribution: { weight: 0.1 } }, bound: true },
  { name: "papo", on: { papo: { weight: 0.1 } }, bound: true },
  { name: "papo_all", on: { papo: { weight: 0.1, tokens: "all" } }, bound: false },
  { name: "entropy_full", on: { papo: { fullEntropy: 0.1 } }, bound: false },
  {
    name: "entropy_video",
    on: { papo: { maskedEntropy: 0.1, maskedGradient: true } },
    bound: false,
  },
  {
    name: "counterfactual_sensitivity",
    on: { counterfactual: { sensitivity: 0.1 } },
    bound: true,
  },
  { name: "counterfactual_invariance", on: { counterfactual: { invariance: 0.1 } }, bound: true },
];

const plain = resolveLossOptions();
const batch = randomBatch(11, { samples: 6 });

function difference(a: LossResult, b: LossResult): Record<string, (number[] | undefined)[]> {
  return Object.fromEntries(
    (["full", "video", "audio"] as const).map((pass) => [
      pass,
      a.gradient[pass].map((row, i) =>
        Array.from(a.gradient.full[i] as Float64Array, (_, t) => {
          return (row?.[t] ?? 0) - (b.gradient[pass][i]?.[t] ?? 0);
        }),
      ),
    ]),
  );
}

function addedBy(on: LossConfig, samples: readonly LossSample[] = batch) {
  const options = resolveLossOptions(on);
  return difference(
    omniPerceptionObjective(samples, options),
    omniPerceptionObjective(samples, plain),
  );
}

describe("omniPerceptionObjective", () => {
  // A public fork of PAPO adds its terms to a variable that is never back-propagated.
  it.each(terms)("$name moves the gradient", ({ on }) => {
    const size = Object.values(addedBy(on)).flat(2);
    expect(size.some((g) => g !== undefined && Math.abs(g) > 1e-6)).toBe(true);
  });

  it.each(terms.filter(({ bound }) => bound))("$name leaves other tokens alone", ({ on }) => {
    const added = addedBy(on);
    batch.forEach((sample, i) => {
      const claimed = new Set(sample.claims.flatMap(({ heads, onset }) => [...heads, onset]));
      for (const rows of Object.values(added)) {
        rows[i]?.forEach((g, t) => {
          if (!claimed.has(t)) expect(g).toBe(0);
        });
      }
    });
  });

  it.each(terms.filter(({ bound }) => bound))("$name is 0 without claims", ({ on, name }) => {
    const silent = batch.map((sample) => ({ ...sample, claims: [] }));
    const result = omniPerceptionObjective(silent, resolveLossOptions(on));
    expect(result.metrics[`loss/${name}`]).toBe(0);
    expect(result.loss).toBe(omniPerceptionObjective(silent, plain).loss);
    expect(result.gradient).toEqual(omniPerceptionObjective(silent, plain).gradient);
  });

  it("is the weighted sum of its terms", () => {
    const options = resolveLossOptions({
      preset: "robust",
      reference: { weight: 0.3 },
      invariance: { weight: 0.2 },
      counterfactual: { sensitivity: 0.05, invariance: 0.3 },
    });
    const { loss, metrics } = omniPerceptionObjective(batch, options);
    const parts: [string, number][] = [
      ["policy", 1],
      ["reference", 0.3],
      ["sensitivity", 0.02],
      ["onset", 0.02],
      ["invariance", 0.2],
      ["counterfactual_sensitivity", 0.05],
      ["counterfactual_invariance", 0.3],
    ];
    const sum = parts.reduce((total, [name, w]) => total + w * (metrics[`loss/${name}`] ?? NaN), 0);
    expect(loss).toBeCloseTo(sum, 12);
  });

  it("scales S, O, C and counterfactual sensitivity by the controller, and nothing else", () => {
    const on: LossConfig = {
      preset: "robust",
      attribution: { weight: 0.1 },
      invariance: { weight: 0.1 },
      counterfactual: { sensitivity: 0.1, invariance: 0.1 },
    };
    const off: LossConfig = {
      ...on,
      sensitivity: { weight: 0 },
      onset: { weight: 0 },
      attribution: { weight: 0 },
      counterfactual: { sensitivity: 0, invariance: 0.1 },
    };
    const stopped = omniPerceptionObjective(batch, resolveLossOptions(on), { suppression: 0 });
    const without = omniPerceptionObjective(batch, resolveLossOptions(off));
    expect(stopped.loss).toBe(without.loss);
    expect(stopped.gradient).toEqual(without.gradient);
  });

  it.each(presetNames)("%s: micro-batches with global totals add up to the whole", (preset) => {
    const options = resolveLossOptions({
      preset,
      reference: { weight: 0.1 },
      ...(preset === "bonus-evidence" && { surrogate: { kind: "grpo" } }),
      ...(preset === "robust" && { surrogate: { kind: "gspo" } }),
    });
    fc.assert(
      fc.property(fc.nat(1e6), (seed) => {
        const passRate = preset === "attrib" ? 1 : 0.7;
        const whole = randomBatch(seed, { samples: 6, passRate, partialRate: 0.3 });
        const [first, second] = [whole.slice(0, 1), whole.slice(1)];
        const totals = addTotals([measureTotals(first), measureTotals(second)]);
        const chosen = [first, second].map((part) =>
          measureTotals(selectClaims(part, referencedClauses)),
        );
        const selected = { [referencedClauses.id]: addTotals(chosen) };
        const parts = [first, second].map((part) =>
          omniPerceptionObjective(part, options, { totals, selected }),
        );
        const all = omniPerceptionObjective(whole, options);
        expect(parts.reduce((sum, { loss }) => sum + loss, 0)).toBeCloseTo(all.loss, 10);
        const joined = parts.flatMap(({ gradient }) => gradient.full);
        joined.forEach((row, i) => {
          row.forEach((g, t) => {
            expect(g).toBeCloseTo(all.gradient.full[i]?.[t] as number, 12);
          });
        });
      }),
      { numRuns: 20, seed: 3 },
    );
  });
});

describe("alternating passes", () => {
  it("average to the loss and gradient of both passes, over every balanced dealing", () => {
    const both = randomBatch(5, { samples: 4 }).map((sample) => ({
      ...sample,
      claims: [{ modality: "visual" as const, heads: [0, 1], match: 0.5 }],
    }));
    const options = { cap: 1.5, level: "claim" as const, routing: "gated" as const };
    const whole = sensitivity(both, options);
    const dealings = [0b0011, 0b0101, 0b0110, 0b1001, 0b1010, 0b1100];
    const dealt = dealings.map((bits) =>
      sensitivity(
        both.map((sample, i) => {
          const { video, audio, ...rest } = sample;
          return (bits >> i) & 1 ? { ...rest, video } : { ...rest, audio };
        }) as LossSample[],
        options,
      ),
    );
    const mean = (pick: (r: LossResult) => number) =>
      dealt.reduce((sum, r) => sum + pick(r), 0) / dealt.length;
    expect(mean((r) => r.loss)).toBeCloseTo(whole.loss, 12);
    both.forEach((_, i) => {
      for (const pass of ["full", "video"] as const) {
        const expected = whole.gradient[pass][i]?.[0] ?? 0;
        expect(mean((r) => r.gradient[pass][i]?.[0] ?? 0)).toBeCloseTo(expected, 12);
      }
    });
    expect(gradientNorm(whole)).toBeGreaterThan(0);
  });

  it("gives no gradient to a pass that is absent", () => {
    const videoOnly = batch.map(({ audio: _, ...rest }) => rest);
    for (const preset of ["robust", "oppo-swap", "bonus-all"] as const) {
      const { gradient } = omniPerceptionObjective(videoOnly, resolveLossOptions({ preset }));
      expect(gradient.audio.every((row) => row === undefined)).toBe(true);
      expect(gradient.full.every((row) => row.every(Number.isFinite))).toBe(true);
    }
  });
});
