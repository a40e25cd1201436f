import { describe, expect, it } from "vitest";
import type { Experiment } from "../../config/schema.ts";
import { variantPresets } from "../../config/variant-presets.ts";
import { ConfigError } from "../../core/errors.ts";
import type { SplitRow } from "../../data/clip-row.ts";
import { rewardOptions } from "../../rewards/options.ts";
import { learnable } from "./unlabelled.ts";

const variant = (reward: object) => ({ reward: rewardOptions.parse(reward) });
const experimentOf = (variants: Record<string, { reward: object }>) =>
  ({ variants }) as unknown as Experiment;
const rowsWith = (...labels: string[]) => [{ split: "train", labels }] as unknown as SplitRow[];

describe("variants that can learn from clips without labels", () => {
  const variants = {
    grpo: variant({ weights: { perception: 0 } }),
    ours: variant({ weights: { perception: 1 } }),
    baseline: variant(variantPresets["paper-baseline"].settings.reward),
    printed: variant(variantPresets.paper.settings.reward),
  };

  it("are those whose reward looks at the reasoning, in the form that it has", () => {
    const left = learnable(experimentOf(variants), rowsWith());
    expect(Object.keys(left.variants)).toEqual(["ours", "printed"]);
  });

  it("are all where one training clip has a label", () => {
    const experiment = experimentOf(variants);
    expect(learnable(experiment, rowsWith("joy"))).toBe(experiment);
  });

  it("are missed in words where there is none, with what each form would need", () => {
    const none = () => learnable(experimentOf({ baseline: variants.baseline }), rowsWith());
    expect(none).toThrow(ConfigError);
    expect(none).toThrow(/no variant rewards perception.*reward\.paper\.alpha with form paper/);
  });
});
