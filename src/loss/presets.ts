import { LossError } from "../core/errors.ts";
import {
  type LossConfig,
  type LossOptions,
  lossConfigSchema,
  lossSchema,
  type PresetName,
} from "./options.ts";

/** Plain DAPO-style policy gradient; every auxiliary term off, but with its default shape. */
const none: LossOptions = {
  surrogate: {
    kind: "dapo",
    clipLow: 0.2,
    clipHigh: 0.28,
    dualClip: 3,
    ratioCap: 5,
    maxTokens: 512,
    tauPositive: 1,
    tauNegative: 1.05,
  },
  reference: { weight: 0, form: "weighted" },
  sensitivity: { weight: 0, cap: 1.5, level: "claim", routing: "gated" },
  onset: { weight: 0, cap: 3 },
  invariance: { weight: 0, kappa: 0.2, huber: 1 },
  attribution: { weight: 0, cap: 1.5, routing: "gated" },
  papo: {
    weight: 0,
    tokens: "evidence",
    estimator: "k3",
    cap: 0.2,
    maskedGradient: false,
    fullEntropy: 0,
    maskedEntropy: 0,
  },
  counterfactual: {
    sensitivity: 0,
    invariance: 0,
    cap: 2,
    routing: "both",
    fullEstimator: "k2",
  },
  paper: {
    weight: 0,
    tokens: "evidence",
    estimator: "whole",
    reduce: "sum",
    maskedGradient: true,
  },
  evidence: { selector: "own", terms: {} },
  controller: {
    enabled: false,
    warmupSteps: 50,
    warmupFormatRate: 0.9,
    halveBelow: 0.9,
    stopBelow: 0.75,
    smoothing: 0.9,
    patience: 10,
  },
};

/**
 * GRPO as the paper's baseline is trained: responses weigh alike, reference KL .04 in GRPO's own
 * form. Its clip range is not stated: the usual .2, without dual clip.
 */
const baseline: LossOptions = {
  ...none,
  surrogate: { ...none.surrogate, kind: "grpo", clipLow: 0.2, clipHigh: 0.2, dualClip: 0 },
  reference: { weight: 0.04, form: "grpo" },
};

/** β of the paper. */
const beta = 8e-3;

/**
 * PAPO beside the paper's baseline: all tokens, a mean, the estimator and the full branch alone of
 * PAPO's code, and its weight .02; the paper prints no weight for it.
 */
const papo = {
  weight: 0.02,
  estimator: "k3",
  reduce: "mean",
  maskedGradient: false,
} as const;

/** What each preset is for: docs/method.md#presets. */
export const presets: Readonly<Record<PresetName, LossOptions>> = {
  none,
  paper: {
    ...baseline,
    paper: { ...none.paper, weight: beta },
    evidence: { ...none.evidence, selector: "reference" },
  },
  "paper-baseline": baseline,
  "paper-papo": { ...baseline, paper: { ...papo, tokens: "together" } },
  "paper-papo-dual": { ...baseline, paper: { ...papo, tokens: "all" } },
  "paper-released": {
    ...baseline,
    paper: {
      ...none.paper,
      weight: beta,
      estimator: "k1",
      reduce: "mean",
      maskedGradient: false,
    },
    papo: { ...none.papo, fullEntropy: 3e-4, maskedEntropy: 3e-4 },
    evidence: { ...none.evidence, selector: "reference" },
  },
  "bonus-evidence": { ...none, papo: { ...none.papo, weight: 0.01 } },
  "bonus-all": { ...none, papo: { ...none.papo, weight: 0.01, tokens: "all" } },
  robust: {
    ...none,
    sensitivity: { ...none.sensitivity, weight: 0.02 },
    onset: { ...none.onset, weight: 0.02 },
    controller: { ...none.controller, enabled: true },
  },
  attrib: {
    ...none,
    attribution: { ...none.attribution, weight: 0.02 },
    onset: { ...none.onset, weight: 0.02 },
    controller: { ...none.controller, enabled: true },
  },
  "oppo-swap": {
    ...none,
    counterfactual: { ...none.counterfactual, sensitivity: 0.05, invariance: 0.3 },
  },
};

/**
 * Every coefficient of the objective from a config: the preset's values, overridden field by field.
 * @throws ZodError on an unknown or ill-typed field; LossError on fields that contradict each
 *   other.
 */
export function resolveLossOptions(config: LossConfig = {}): LossOptions {
  const { preset, ...overrides } = lossConfigSchema.parse(config);
  const base = presets[preset];
  const merged = Object.fromEntries(
    (Object.keys(base) as (keyof LossOptions)[]).map((section) => [
      section,
      { ...base[section], ...withoutUndefined(overrides[section] ?? {}) },
    ]),
  );
  const options = lossSchema.parse(merged);
  checkConsistency(options);
  return options;
}

function withoutUndefined(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function checkConsistency({ surrogate, controller }: LossOptions): void {
  if (surrogate.dualClip !== 0 && surrogate.dualClip <= 1 + surrogate.clipHigh) {
    throw new LossError(
      "DUAL_CLIP",
      `surrogate.dualClip ${surrogate.dualClip} is below the ceiling`,
      {
        path: "surrogate.dualClip",
        hint: "0 switches it off; otherwise it must exceed 1 + clipHigh (3 is usual)",
      },
    );
  }
  if (controller.stopBelow > controller.halveBelow) {
    throw new LossError("CONTROLLER_ORDER", "controller.stopBelow exceeds halveBelow", {
      path: "controller.stopBelow",
      hint: "stop later than halving: 0.75 and 0.9",
    });
  }
}
