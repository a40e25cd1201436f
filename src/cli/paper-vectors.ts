import { z } from "zod";
import { ConfigError, OppoError } from "../core/errors.ts";
import { readJson } from "../core/files.ts";
import type { ClaimTokens, CueModality } from "../cues/cue.ts";
import { paperLoss } from "../loss/paper.ts";
import type { LossPass, LossSample, WholeRows } from "../loss/sample.ts";
import { onLogits } from "../loss/whole.ts";
import { combineReward } from "../rewards/combine.ts";
import { rewardOptions } from "../rewards/options.ts";
import { omniReward, routeClauses } from "../rewards/paper.ts";

const values = z.array(z.number());
const matrix = z.array(values);
const kind = z.enum(["V", "A", "E"]);

const rewardCase = z.object({
  name: z.string(),
  similarity: matrix,
  types: z.array(kind),
  delta: z.number(),
  alpha: z.number(),
  accuracy: z.number(),
  format: z.number(),
  scores: values,
  means: z.object({ V: z.number(), A: z.number(), E: z.number() }),
  omni: z.number(),
  total: z.number(),
  routing: z.array(z.object({ cue: z.int(), modality: kind }).nullable()),
});
const common = {
  name: z.string(),
  visual: z.array(z.int()),
  acoustic: z.array(z.int()),
  beta: z.number(),
  reduce: z.enum(["sum", "mean"]),
  objective: z.number(),
  loss: z.number(),
};
const passRows = z.object({ full: matrix, video: matrix, audio: matrix });
const lossCase = z.object({
  ...common,
  logits: passRows,
  maskedGradient: z.boolean(),
  gradientOnLogits: passRows,
});
const sampledCase = z.object({
  ...common,
  full: values,
  video: values,
  audio: values,
  estimator: z.enum(["k1", "k3"]),
  gradientOnFull: values,
});
const paperVectors = z.object({
  rewards: z.array(rewardCase).default([]),
  losses: z.array(lossCase).default([]),
  sampled: z.array(sampledCase).default([]),
});
export type PaperVectors = z.infer<typeof paperVectors>;

/** A case held against what is computed here. */
export interface PaperCheck {
  kind: keyof PaperVectors;
  name: string;
  checked: number;
  /** Values that differ by more than their tolerance. */
  mismatches: { path: string; expected: unknown; got: unknown }[];
}

/** Largest difference of values, and of gradients, which such files have by finite differences. */
const tolerance = { value: 1e-9, gradient: 1e-6 };

/**
 * Recomputes a file of worked examples of the printed OPPO: rewards, routing, losses, gradients.
 * @throws ConfigError VECTORS where the file has another form or no case.
 */
export function checkPaperVectors(file: string): PaperCheck[] {
  const parsed = paperVectors.safeParse(vectorsIn(file));
  const problem = parsed.error?.issues[0];
  if (problem) {
    throw new ConfigError("VECTORS", `${problem.path.join(".")}: ${problem.message}`, {
      file,
      path: problem.path.join("."),
      hint: "a file has rewards, losses and sampled, as src/loss/paper-vectors.json",
    });
  }
  const { rewards, losses, sampled } = parsed.data!;
  const checks = [
    ...rewards.map((each) => compared("rewards", each, recomputeReward(each))),
    ...losses.map((each) => compared("losses", each, recomputeLoss(each))),
    ...sampled.map((each) => compared("sampled", each, recomputeSampled(each))),
  ];
  if (checks.length > 0) return checks;
  throw new ConfigError("VECTORS", "the file has no case", {
    file,
    hint: "a file has rewards, losses and sampled, as src/loss/paper-vectors.json",
  });
}

function vectorsIn(file: string): unknown {
  try {
    return readJson(file);
  } catch (error) {
    if (error instanceof OppoError) throw error; // says by itself what is wrong, and where
    throw new ConfigError("VECTORS", `no worked examples: ${(error as Error).message}`, {
      file,
      hint: "give a JSON file of worked examples, as src/loss/paper-vectors.json",
    });
  }
}

const modalityOf = { V: "visual", A: "acoustic", E: "emotion" } as const;
const letterOf = { visual: "V", acoustic: "A", emotion: "E" } as const;

function recomputeReward(item: z.infer<typeof rewardCase>): object {
  const { similarity, types, delta, alpha, accuracy, format } = item;
  const modalities = types.map((type): CueModality => modalityOf[type]);
  const { cues, means, value } = omniReward(similarity, modalities, delta);
  const options = rewardOptions.parse({ form: "paper", paper: { alpha, delta } });
  const routes = routeClauses(similarity, modalities, delta);
  return {
    scores: cues.map(({ score }) => score),
    means: { V: means.visual, A: means.acoustic, E: means.emotion },
    omni: value,
    total: combineReward({ accuracy, format, omni: value }, options),
    routing: routes.map((route) => route && { cue: route.cue, modality: letterOf[route.modality] }),
  };
}

/** Tokens of a case as claims. */
function evidenceOf(item: { visual: number[]; acoustic: number[] }): ClaimTokens[] {
  return (["visual", "acoustic"] as const).flatMap((modality) =>
    item[modality].length > 0 ? [{ modality, heads: item[modality], match: 1 }] : [],
  );
}

function recomputeLoss(item: z.infer<typeof lossCase>): object {
  const { logits, beta, reduce, maskedGradient } = item;
  const length = logits.full.length;
  const vocabulary = logits.full[0]?.length ?? 0;
  const whole = (pass: "full" | "video" | "audio"): WholeRows => ({
    positions: [...logits.full.keys()],
    vocabulary,
    values: logits[pass].flatMap(logSoftmax),
  });
  const rows = { full: whole("full"), video: whole("video"), audio: whole("audio") };
  const unread = new Array<number>(length).fill(Number.NaN);
  const sample: LossSample = {
    advantage: 0,
    full: unread,
    sampled: unread,
    video: unread,
    audio: unread,
    whole: rows,
    claims: evidenceOf(item),
  };
  const result = paperLoss([sample], {
    tokens: "evidence",
    estimator: "whole",
    reduce,
    maskedGradient,
  });
  const gradient = (pass: LossPass & keyof typeof rows): number[][] => {
    const own = result.whole?.[pass]?.[0] ?? new Float64Array(length * vocabulary);
    const flat = onLogits(own, rows[pass].values, vocabulary);
    return logits.full.map((_, row) =>
      Array.from(flat.subarray(row * vocabulary, (row + 1) * vocabulary), (g) => beta * g),
    );
  };
  return {
    objective: -result.loss,
    loss: beta * result.loss,
    gradientOnLogits: {
      full: gradient("full"),
      video: gradient("video"),
      audio: gradient("audio"),
    },
  };
}

function recomputeSampled(item: z.infer<typeof sampledCase>): object {
  const { full, video, audio, beta, reduce, estimator } = item;
  const claims = evidenceOf(item);
  const sample = { advantage: 0, full, sampled: full, video, audio, claims };
  const options = { tokens: "evidence", estimator, reduce, maskedGradient: false } as const;
  const result = paperLoss([sample], options);
  return {
    objective: -result.loss,
    loss: beta * result.loss,
    gradientOnFull: Array.from(result.gradient.full[0]!, (g) => beta * g),
  };
}

function logSoftmax(logits: readonly number[]): number[] {
  const most = Math.max(...logits);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - most), 0);
  return logits.map((logit) => logit - most - Math.log(sum));
}

/** The fields of `got` held against those of the case. */
function compared(kind: PaperCheck["kind"], expected: { name: string }, got: object): PaperCheck {
  const check: PaperCheck = { kind, name: expected.name, checked: 0, mismatches: [] };
  for (const [field, value] of Object.entries(got)) {
    const wanted = (expected as Record<string, unknown>)[field];
    const most = field.startsWith("gradient") ? tolerance.gradient : tolerance.value;
    compareValue(check, field, wanted, value, most);
  }
  return check;
}

function compareValue(
  check: PaperCheck,
  path: string,
  expected: unknown,
  got: unknown,
  most: number,
): void {
  if (typeof expected === "object" && expected && typeof got === "object" && got) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(got)])) {
      const [a, b] = [expected, got] as [Record<string, unknown>, Record<string, unknown>];
      compareValue(check, `${path}.${key}`, a[key], b[key], most);
    }
    return;
  }
  check.checked++;
  const close =
    typeof expected === "number" && typeof got === "number" && Math.abs(expected - got) <= most;
  if (!close && expected !== got) check.mismatches.push({ path, expected, got });
}
