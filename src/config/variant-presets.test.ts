import { describe, expect, it } from "vitest";
import { resolveLossOptions } from "../loss/presets.ts";
import { rlOptions, rlOptionsOf } from "../trainer/options.ts";
import { variantOptions } from "./schema.ts";
import { variantPresetNames } from "./variant-presets.ts";

describe("presets of variants", () => {
  it.each(variantPresetNames)("%s is a valid variant, its loss resolves", (preset) => {
    const variant = variantOptions.parse({ preset });
    expect(variant.reward).toMatchObject({ form: "paper", advantages: { normalise: "z-score" } });
    expect(variant.mask).toEqual({ mode: "ratio", ratio: 0.7, unit: "element", passes: "both" });
    expect(variant.rl).toEqual({ group: 4 });
    expect(resolveLossOptions(variant.loss)).toMatchObject({
      surrogate: { kind: "grpo" },
      reference: { weight: 0.04 },
    });
  });

  it("paper has α, β, δ and ρ as printed", () => {
    const { reward, loss, mask } = variantOptions.parse({ preset: "paper" });
    expect(reward.paper).toEqual({ alpha: 0.5, delta: 0.5, format: 1 });
    expect(resolveLossOptions(loss).paper.weight).toBe(8e-3);
    expect(mask.ratio).toBe(0.7);
  });

  it("the baseline earns nothing by cues", () => {
    expect(variantOptions.parse({ preset: "paper-baseline" }).reward.paper.alpha).toBe(0);
  });

  it("what the variant says itself wins, field by field", () => {
    const variant = variantOptions.parse({
      preset: "paper",
      reward: { paper: { alpha: 0.2 } },
      loss: { paper: { reduce: "mean" } },
      mask: { unit: "block" },
      rl: { prompts: 16 },
    });
    expect(variant.rl).toEqual({ group: 4, prompts: 16 });
    expect(variant.reward.paper).toEqual({ alpha: 0.2, delta: 0.5, format: 1 });
    expect(resolveLossOptions(variant.loss).paper).toMatchObject({ weight: 8e-3, reduce: "mean" });
    expect(variant.mask).toMatchObject({ unit: "block", ratio: 0.7 });
  });

  it("a variant without one shares batch and group with the others", () => {
    const { rl } = variantOptions.parse({ rl: { group: 2 } });
    const shared = rlOptions.parse({});
    expect(rlOptionsOf(shared, variantOptions.parse({}).rl)).toEqual(shared);
    expect(rlOptionsOf(shared, rl)).toEqual({ ...shared, group: 2 });
    expect(() => variantOptions.parse({ rl: { steps: 9 } })).toThrow(/steps/);
    expect(() => variantOptions.parse({ rl: { group: 1 } })).toThrow(/rl/);
  });

  it("refuses a preset that nobody wrote, and fields that nobody knows", () => {
    expect(() => variantOptions.parse({ preset: "papper" })).toThrow(/paper-baseline/);
    expect(() => variantOptions.parse({ preset: "paper", rewards: {} })).toThrow(/rewards/);
  });
});
