/** The reward as printed, with GRPO's advantages. */
const printed = {
  form: "paper",
  paper: { alpha: 0.5, delta: 0.5, format: 1 },
  advantages: { normalise: "z-score" },
};

/** A ratio ρ of one stream set to zero, both masked passes of every rollout. */
const masked = { mode: "ratio", ratio: 0.7, unit: "element", passes: "both" };

/** Four rollouts to a clip. */
const grouped = { group: 4 };

/** Reward, loss, mask and group of a variant, and how near to its source. */
export interface VariantPreset {
  source: string;
  fidelity: string;
  settings: { reward: object; loss: object; mask: object; rl: object };
}

/**
 * Systems of OPPO's paper (arXiv 2606.25325) as presets of a whole variant, G = 4 included. What
 * all variants share (steps, learning rate, clips per step) is the experiment's.
 */
export const variantPresets = {
  paper: {
    source: "OPPO 2606.25325, as printed",
    fidelity:
      "reward, evidence, divergence, α, β, ρ, δ, G and reference KL as printed; how ρ is drawn is not stated (element-wise, as in the first author's training repository); clip range not stated",
    settings: { reward: printed, loss: { preset: "paper" }, mask: masked, rl: grouped },
  },
  "paper-baseline": {
    source: "OPPO 2606.25325, row Baseline",
    fidelity: "task and format rewards, GRPO, reference KL .04 as printed; clip range not stated",
    settings: {
      reward: { ...printed, paper: { ...printed.paper, alpha: 0 } },
      loss: { preset: "paper-baseline" },
      mask: masked,
      rl: grouped,
    },
  },
  "paper-reward": {
    source: "OPPO 2606.25325, row + R_omni",
    fidelity: "as paper, without its loss",
    settings: { reward: printed, loss: { preset: "paper-baseline" }, mask: masked, rl: grouped },
  },
  "paper-papo": {
    source: "OPPO 2606.25325, row + R_omni + PAPO; PAPO 2507.06448",
    fidelity:
      "both streams masked at once and all tokens as printed; estimator k3, mean, no masked gradient and weight .02 are PAPO's as released, which the paper doesn't print",
    settings: { reward: printed, loss: { preset: "paper-papo" }, mask: masked, rl: grouped },
  },
  "paper-papo-dual": {
    source: "OPPO 2606.25325, row + R_omni + PAPO-dual; PAPO 2507.06448",
    fidelity: "each stream masked, sum of two, all tokens as printed; the rest as paper-papo",
    settings: { reward: printed, loss: { preset: "paper-papo-dual" }, mask: masked, rl: grouped },
  },
  "paper-released": {
    source: "the first author's public training repository (HumanOmniV2)",
    fidelity:
      "k1, mean per modality, no masked gradient, entropies 3e-4 and format .1 as there; its logit coherence reward (.2) is missing",
    settings: {
      reward: { ...printed, paper: { ...printed.paper, format: 0.1 } },
      loss: { preset: "paper-released" },
      mask: masked,
      rl: grouped,
    },
  },
} as const satisfies Record<string, VariantPreset>;

export type VariantPresetName = keyof typeof variantPresets;
export const variantPresetNames = Object.keys(variantPresets) as VariantPresetName[];
