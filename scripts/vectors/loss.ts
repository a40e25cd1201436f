import type { ClaimTokens } from "../../src/cues/cue.ts";
import { type RandomBatchOptions, randomBatch } from "../../src/loss/fixture.ts";
import { omniPerceptionObjective } from "../../src/loss/objective.ts";
import type { LossConfig } from "../../src/loss/options.ts";
import { presetNames } from "../../src/loss/options.ts";
import { resolveLossOptions } from "../../src/loss/presets.ts";
import { wholeReads } from "../../src/loss/reads.ts";
import {
  type LossPass,
  type LossResult,
  type LossSample,
  lossPasses,
  type WholeRows,
} from "../../src/loss/sample.ts";
import { onLogits } from "../../src/loss/whole.ts";

/** Without the surrogate and the reference KL, which belong to the other trainer. */
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
  ...printedCases(),
  ...(["own", "reference"] as const).map((selector, seed) => ({
    name: `every kind of term on evidence of selector ${selector}`,
    config: { ...everything(), paper: { weight: 0.1 }, evidence: { selector } },
    seed: 160 + seed,
    batch: dealt,
  })),
  {
    name: "evidence of single terms differs from the common one",
    config: {
      ...everything(),
      paper: { weight: 0.1 },
      evidence: { selector: "own", terms: { paper: "reference", attribution: "reference" } },
    },
    seed: 162,
    batch: dealt,
  },
  { name: "everything suppressed by a quarter", config: everything(), seed: 70, suppression: 0.25 },
];

/** The loss as printed: every estimator, reduction, gradient and kind of tokens, with dealt passes. */
function printedCases(): Case[] {
  const cases: Case[] = [];
  for (const estimator of ["whole", "k1", "k3"] as const) {
    for (const tokens of ["evidence", "all", "together"] as const) {
      for (const reduce of ["sum", "mean"] as const) {
        for (const maskedGradient of [true, false]) {
          cases.push({
            name: `printed, ${estimator}, ${tokens}, ${reduce}, masked gradient ${maskedGradient}`,
            config: {
              paper: { weight: 0.3, estimator, tokens, reduce, maskedGradient },
              evidence: { selector: cases.length % 3 === 0 ? "own" : "reference" },
            },
            seed: 110 + cases.length,
            batch: cases.length % 2 === 0 ? { samples: 3, passRate: 0.6 } : { samples: 2 },
          });
        }
      }
    }
  }
  return cases;
}

function everything(): LossConfig {
  return {
    preset: "robust",
    invariance: { weight: 0.3 },
    attribution: { weight: 0.2 },
    papo: { weight: 0.1, fullEntropy: 0.01 },
    counterfactual: { sensitivity: 0.05, invariance: 0.3 },
  };
}

const presetCases: Case[] = presetNames
  .filter((preset) => preset !== "none")
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
  const resolved = resolveLossOptions(config);
  const { surrogate: _, reference: __, ...options } = resolved;
  // The reference KL, weighted by some presets, is the other trainer's.
  const result = omniPerceptionObjective(
    samples,
    { ...resolved, reference: { ...resolved.reference, weight: 0 } },
    { suppression },
  );
  const reads = samples.map((sample) => wholeReads(resolved, sample));
  return {
    name,
    options,
    suppression,
    samples: samples.map((sample, index) => plainSample(sample, reads[index]!)),
    loss: result.loss,
    metrics: Object.fromEntries(
      Object.entries(result.metrics).filter(([name]) => name.startsWith("paper/")),
    ),
    gradient: plainGradient(result),
    whole_gradient: samples.map((sample, index) =>
      logitGradient(result, index, sample, reads[index]!),
    ),
  };
}

type Reads = ReturnType<typeof wholeReads>;

function plainSample(sample: LossSample, reads: Reads): object {
  const { full, video, audio, both, claims, clauses = [], partial } = sample;
  const list = (values: ArrayLike<number> | undefined) => (values ? Array.from(values) : null);
  return {
    full: list(full),
    video: list(video),
    audio: list(audio),
    both: list(both),
    claims: claims.map(plainClaim),
    clauses: clauses.map(plainClaim),
    whole: Object.fromEntries(
      rowsRead(sample, reads).map(([pass, { positions, values, vocabulary }]) => [
        pass,
        { positions, logits: matrix(values, vocabulary) },
      ]),
    ),
    partial: partial ?? [],
  };
}

const plainClaim = ({ onset, ...claim }: ClaimTokens): object => ({
  ...claim,
  onset: onset ?? null,
});

/** Rows where the loss looks, of the passes that the sample has. Log-probs are logits too. */
function rowsRead(sample: LossSample, reads: Reads): [LossPass, WholeRows][] {
  return lossPasses.flatMap((pass): [LossPass, WholeRows][] => {
    const [rows, positions] = [sample.whole?.[pass], reads[pass]];
    if (!rows || !positions) return [];
    const { vocabulary } = rows;
    const kept = rowsAt(rows.values, rows, positions);
    return [[pass, { positions, vocabulary, values: kept }]];
  });
}

/** dL/dlogit of the same rows; zeros where a pass gets none. */
function logitGradient(
  { whole }: LossResult,
  index: number,
  sample: LossSample,
  reads: Reads,
): object {
  return Object.fromEntries(
    rowsRead(sample, reads).map(([pass, { positions, values, vocabulary }]) => {
      const all = sample.whole![pass]!;
      const own = whole?.[pass]?.[index] ?? new Float64Array(all.values.length);
      const slopes = onLogits(rowsAt(own, all, positions), values, vocabulary);
      return [pass, matrix(slopes, vocabulary)];
    }),
  );
}

function rowsAt(
  values: ArrayLike<number>,
  { positions, vocabulary }: WholeRows,
  wanted: readonly number[],
): number[] {
  return wanted.flatMap((token) => {
    const start = positions.indexOf(token) * vocabulary;
    return Array.from(values).slice(start, start + vocabulary);
  });
}

function matrix(values: ArrayLike<number>, width: number): number[][] {
  return Array.from({ length: values.length / width }, (_, row) =>
    Array.from(values)
      .slice(row * width, (row + 1) * width)
      .map(unsigned),
  );
}

function plainGradient({ gradient }: LossResult): object {
  const rows = (pass: readonly (Float64Array | undefined)[]) =>
    pass.map((row) => (row ? Array.from(row, unsigned) : null));
  const { full, video, audio, both = full.map(() => undefined) } = gradient;
  return { full: rows(full), video: rows(video), audio: rows(audio), both: rows(both) };
}

/** JSON has no −0 that every reader keeps. */
const unsigned = (value: number): number => (value === 0 ? 0 : value);
