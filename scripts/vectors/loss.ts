import { type RandomBatchOptions, randomBatch } from "../../src/loss/fixture.ts";
import { omniPerceptionObjective } from "../../src/loss/objective.ts";
import type { LossConfig } from "../../src/loss/options.ts";
import { presetNames } from "../../src/loss/options.ts";
import { resolveLossOptions } from "../../src/loss/presets.ts";
import type { LossResult, LossSample } from "../../src/loss/sample.ts";

/**
 * Without the surrogate and the reference KL, which belong to the other trainer, and without what
 * it does not have: the printed loss and its evidence.
 */
interface Case {
  name: string;
  config: LossConfig;
  seed: number;
  batch?: RandomBatchOptions;
  suppression?: number;
}

const everyPass: RandomBatchOptions = { samples: 4 };
const dealt: RandomBatchOptions = { samples: 6, passRate: 0.6, partialRate: 0.3 };

const variants: Case[] = [
  ...(["full", "mask", "both", "gated"] as const).map((routing, seed) => ({
    name: `sensitivity, routing ${routing}`,
    config: { sensitivity: { weight: 0.7, routing } },
    seed: 10 + seed,
  })),
  {
    name: "sensitivity per token",
    config: { sensitivity: { weight: 0.7, level: "token" } },
    seed: 20,
  },
  { name: "onset", config: { onset: { weight: 0.4 } }, seed: 21, batch: dealt },
  {
    name: "invariance",
    config: { invariance: { weight: 0.9, kappa: 0.1, huber: 0.6 } },
    seed: 22,
    batch: dealt,
  },
  ...(["gated", "ungated"] as const).map((routing, seed) => ({
    name: `attribution, ${routing}`,
    config: { attribution: { weight: 0.5, routing } },
    seed: 30 + seed,
    batch: dealt,
  })),
  ...(["k1", "k2", "k3", "reciprocal"] as const).map((estimator, seed) => ({
    name: `papo on evidence, ${estimator}`,
    config: { papo: { weight: 0.3, estimator, cap: 0.4 } },
    seed: 40 + seed,
    batch: dealt,
  })),
  {
    name: "papo as released, masked pass live",
    config: {
      papo: {
        weight: 0.02,
        tokens: "all",
        cap: 10,
        maskedGradient: true,
        fullEntropy: 0.05,
        maskedEntropy: 0.05,
      },
    },
    seed: 50,
    batch: dealt,
  },
  ...(["full", "masked", "both"] as const).flatMap((routing, seed) =>
    (["k1", "k2"] as const).map((fullEstimator) => ({
      name: `counterfactual, ${routing}, ${fullEstimator}`,
      config: {
        counterfactual: { sensitivity: 0.6, invariance: 0.8, cap: 1.2, routing, fullEstimator },
      },
      seed: 60 + seed,
      batch: dealt,
    })),
  ),
  { name: "everything suppressed by a quarter", config: everything(), seed: 70, suppression: 0.25 },
];

function everything(): LossConfig {
  return {
    preset: "robust",
    invariance: { weight: 0.3 },
    attribution: { weight: 0.2 },
    papo: { weight: 0.1, fullEntropy: 0.01 },
    counterfactual: { sensitivity: 0.05, invariance: 0.3 },
  };
}

/** Presets of what the plugin has. */
const presetCases: Case[] = presetNames
  .filter((preset) => preset !== "none" && !preset.startsWith("paper"))
  .flatMap((preset, index) => [
    { name: `preset ${preset}`, config: { preset }, seed: 80 + index, batch: everyPass },
    { name: `preset ${preset}, dealt passes`, config: { preset }, seed: 90 + index, batch: dealt },
  ]);

const cases: readonly Case[] = [...variants, ...presetCases];

/** Settings under which every term is on at least once. */
export const lossConfigs: readonly Pick<Case, "name" | "config">[] = cases;

/** Inputs, loss and dL/dlogp of every term, one case each. */
export function lossVectors(): object {
  return { tolerance: 1e-9, cases: cases.map(worked) };
}

function worked({ name, config, seed, batch, suppression = 1 }: Case): object {
  const samples = randomBatch(seed, batch).map((sample) => ({ ...sample, advantage: 0 }));
  const {
    surrogate: _,
    reference: __,
    paper: ___,
    evidence: ____,
    ...options
  } = resolveLossOptions(config);
  const result = omniPerceptionObjective(samples, resolveLossOptions(config), { suppression });
  return {
    name,
    options,
    suppression,
    samples: samples.map(plainSample),
    loss: result.loss,
    gradient: plainGradient(result),
  };
}

function plainSample({ full, video, audio, claims, partial }: LossSample): object {
  const list = (values: ArrayLike<number> | undefined) => (values ? Array.from(values) : null);
  return {
    full: list(full),
    video: list(video),
    audio: list(audio),
    claims: claims.map(({ onset, ...claim }) => ({ ...claim, onset: onset ?? null })),
    partial: partial ?? [],
  };
}

function plainGradient({ gradient }: LossResult): object {
  const rows = (pass: readonly (Float64Array | undefined)[]) =>
    pass.map((row) => (row ? Array.from(row, unsigned) : null));
  return { full: rows(gradient.full), video: rows(gradient.video), audio: rows(gradient.audio) };
}

/** JSON has no −0 that every reader keeps. */
const unsigned = (value: number): number => (value === 0 ? 0 : value);
