import { describe, expect, it } from "vitest";
import { lossSchema, presetNames } from "./options.ts";
import { presets, resolveLossOptions } from "./presets.ts";
import { needsJointPass, requiredPasses } from "./terms.ts";

describe("loss options", () => {
  it.each(presetNames)("preset %s is complete and resolves to itself", (preset) => {
    expect(lossSchema.parse(presets[preset])).toEqual(presets[preset]);
    expect(resolveLossOptions({ preset })).toEqual(presets[preset]);
  });

  it("has the weights of the specification", () => {
    expect(presets.robust).toMatchObject({
      surrogate: { kind: "dapo", clipLow: 0.2, clipHigh: 0.28, dualClip: 3 },
      sensitivity: { weight: 0.02, cap: 1.5, routing: "gated" },
      onset: { weight: 0.02, cap: 3 },
      invariance: { weight: 0, kappa: 0.2, huber: 1 },
      controller: { enabled: true, warmupSteps: 50, halveBelow: 0.9, stopBelow: 0.75 },
    });
    expect(presets["bonus-evidence"].papo).toMatchObject({
      weight: 0.01,
      cap: 0.2,
      tokens: "evidence",
    });
    expect(presets["oppo-swap"].counterfactual).toMatchObject({
      sensitivity: 0.05,
      invariance: 0.3,
      cap: 2,
      routing: "both",
    });
  });

  it("has what the paper prints", () => {
    expect(presets.paper).toMatchObject({
      surrogate: { kind: "grpo", clipLow: 0.2, clipHigh: 0.2, dualClip: 0 },
      reference: { weight: 0.04 },
      paper: {
        weight: 8e-3,
        tokens: "evidence",
        estimator: "whole",
        reduce: "sum",
        maskedGradient: true,
      },
      evidence: { selector: "reference", terms: {} },
    });
    expect(presets["paper-released"]).toMatchObject({
      paper: { weight: 8e-3, estimator: "k1", reduce: "mean", maskedGradient: false },
      papo: { weight: 0, fullEntropy: 3e-4, maskedEntropy: 3e-4 },
    });
    expect(needsJointPass(presets["paper-papo"])).toBe(true);
    expect(needsJointPass(presets["paper-papo-dual"])).toBe(false);
  });

  it.each([
    ["paper_like", "bonus-evidence"],
    ["papo_av", "bonus-all"],
    ["counterfactual", "oppo-swap"],
  ])("refuses the old name %s with the one of today", (old, now) => {
    expect(() => resolveLossOptions({ preset: old as never })).toThrow(
      `the preset '${old}' is called '${now}' now`,
    );
  });

  it("overrides field by field", () => {
    const options = resolveLossOptions({ preset: "robust", sensitivity: { routing: "mask" } });
    expect(options.sensitivity).toEqual({ ...presets.robust.sensitivity, routing: "mask" });
    expect(options.onset).toEqual(presets.robust.onset);
  });

  it("rejects unknown and contradictory fields", () => {
    expect(() => resolveLossOptions({ sensitivty: {} } as never)).toThrow(/sensitivty/);
    expect(() => resolveLossOptions({ onset: { wieght: 1 } } as never)).toThrow(/wieght/);
    expect(() => resolveLossOptions({ onset: { weight: -1 } })).toThrow(/onset/);
    expect(() => resolveLossOptions({ surrogate: { dualClip: 1.1 } })).toThrow(/dualClip/);
    expect(() => resolveLossOptions({ controller: { stopBelow: 0.95 } })).toThrow(/stopBelow/);
  });

  it("knows which masked passes each preset needs", () => {
    const needs = Object.fromEntries(
      presetNames.map((name) => [name, requiredPasses(presets[name])]),
    );
    expect(needs).toEqual({
      none: "none",
      paper: "one",
      "paper-baseline": "none",
      "paper-papo": "none",
      "paper-papo-dual": "one",
      "paper-released": "one",
      "bonus-evidence": "one",
      "bonus-all": "one",
      robust: "one",
      attrib: "both",
      "oppo-swap": "one",
    });
  });
});
