import { type VariantPreset, variantPresets } from "../config/variant-presets.ts";
import { type PresetName, presetNames } from "../loss/options.ts";

/** A whole run: what stands where its settings file says nothing. */
export interface RunPreset {
  source: string;
  fidelity: string;
  settings: object;
}

/** Training as the paper prints it: 16 · 1 · 2 / 4 = 8 prompts a step. */
const printedTraining = {
  training: {
    tuner: "full",
    nodes: 2,
    gpus: 16,
    perDeviceBatch: 1,
    gradientAccumulation: 2,
    numGenerations: 4,
    learningRate: 2e-6,
    epochs: 1,
    referenceKl: 0.04,
    lossType: "grpo",
  },
  coldStart: { learningRate: 2e-5, epochs: 2 },
};

/** A system of OPPO's paper: reward, loss and mask of the variant, trained as printed. */
function printed({ source, fidelity, settings }: VariantPreset): RunPreset {
  const { reward, loss, mask } = settings;
  const { mode, ratio, unit, passes } = mask as Record<string, unknown>;
  const masks = { visual: mode, acoustic: mode, ratio, unit, schedule: passes };
  return { source, fidelity, settings: { reward, loss, masks, ...printedTraining } };
}

const ownTexts: Partial<Record<PresetName, string>> = {
  none: "plain GRPO with our reward",
  robust: "ours: streams hidden completely, sensitivity and onset",
  attrib: "ours: streams hidden completely, attribution and onset",
  "oppo-swap":
    "ours: streams swapped with another clip's; the only one that removed the cross-modal shortcut (docs/results.md)",
};

/** A loss of our own with our reward, trained by the defaults. */
function own(loss: PresetName): RunPreset {
  const hides = loss === "oppo-swap" ? "swap" : "blank";
  return {
    source: ownTexts[loss] ?? "ours: a perception bonus with bounds (PAPO 2507.06448)",
    fidelity: "reward, loss and masks ours; training by the defaults",
    settings: {
      reward: { perception: { mode: "f1" } },
      loss: { preset: loss },
      masks: { visual: hides, acoustic: hides },
    },
  };
}

const ownNames = presetNames.filter((name) => !Object.hasOwn(variantPresets, name));

/** Presets of whole runs under ms-swift: systems of OPPO's paper, then ours. */
export const runPresets: Readonly<Record<string, RunPreset>> = {
  ...Object.fromEntries(Object.entries(variantPresets).map(([name, own]) => [name, printed(own)])),
  ...Object.fromEntries(ownNames.map((name) => [name, own(name)])),
};

export const runPresetNames = Object.keys(runPresets) as [string, ...string[]];
