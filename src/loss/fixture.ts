import { Rng } from "../core/rng.ts";
import type { ClaimTokens } from "../cues/cue.ts";
import type { LossPass, LossSample, WholeRows } from "./sample.ts";

/** Shape of a random batch for tests. */
export interface RandomBatchOptions {
  samples?: number;
  /** Chance that a sample carries each masked pass. */
  passRate?: number;
  /** Chance that a carried pass is a partial mask. */
  partialRate?: number;
}

/**
 * A random valid batch: unequal lengths, visual and acoustic claims over disjoint tokens, drops of
 * both signs on either side of every cap. Continuous draws, so no test sits on a corner of a hinge.
 */
export function randomBatch(seed: number, options: RandomBatchOptions = {}): LossSample[] {
  const { samples = 4, passRate = 1, partialRate = 0 } = options;
  const rng = new Rng(seed);
  const batch = Array.from({ length: samples }, () => randomSample(rng, passRate, partialRate));
  // From a generator of their own: what older tests draw stays what it was.
  const other = new Rng(`${seed}/whole`);
  return batch.map((sample) => withRows(other, sample));
}

const vocabulary = 5;

/**
 * The sample with clauses of the reference, a pass in which both streams are hidden, and
 * whole-vocabulary rows everywhere.
 */
function withRows(rng: Rng, sample: LossSample): LossSample {
  const length = sample.full.length;
  const positions = draw(length, () => 0).map((_, token) => token);
  const rows = (): WholeRows => ({
    positions,
    vocabulary,
    values: positions.flatMap(() => logSoftmax(draw(vocabulary, () => 1.5 * rng.normal()))),
  });
  const passes = (["full", "video", "audio", "both"] as const).filter(
    (pass) => pass === "both" || sample[pass],
  );
  const whole = Object.fromEntries(passes.map((pass) => [pass, rows()]));
  const both = draw(length, () => -rng.uniform(0.05, 3));
  const clauses = randomClaims(rng, length).filter(({ heads }) => heads.length > 0);
  return { ...sample, clauses, both, whole: whole as Partial<Record<LossPass, WholeRows>> };
}

/** Log-probs of logits. */
export function logSoftmax(logits: readonly number[]): number[] {
  const most = Math.max(...logits);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - most), 0);
  return logits.map((logit) => logit - most - Math.log(sum));
}

function randomSample(rng: Rng, passRate: number, partialRate: number): LossSample {
  const length = 6 + rng.int(5);
  const full = draw(length, () => -rng.uniform(0.05, 3));
  const near = (spread: number) =>
    full.map((value) => Math.min(-1e-3, value + spread * rng.normal()));
  const video = rng.bool(passRate) ? near(1.5) : undefined;
  const audio = rng.bool(passRate) ? near(1.5) : undefined;
  const partial = (["video", "audio"] as const).filter(() => rng.bool(partialRate));
  return {
    advantage: rng.normal(),
    full,
    sampled: near(0.5),
    reference: near(0.5),
    ...(video && { video }),
    ...(audio && { audio }),
    claims: randomClaims(rng, length),
    partial,
  };
}

function randomClaims(rng: Rng, length: number): ClaimTokens[] {
  const tokens = rng.shuffle(Array.from({ length }, (_, token) => token));
  const seen = new Set<string>();
  return Array.from({ length: rng.int(4) }, () => {
    const modality = rng.bool(0.5) ? "visual" : "acoustic";
    const first = !seen.has(modality);
    seen.add(modality);
    const onset = tokens.pop() as number;
    const heads = tokens.length > 0 ? [tokens.pop() as number] : [];
    if (tokens.length > 0 && rng.bool(0.3)) heads.push(tokens.pop() as number);
    return { modality, heads, match: rng.float(), ...(first && { onset }) };
  });
}

function draw(length: number, value: () => number): number[] {
  return Array.from({ length }, value);
}
