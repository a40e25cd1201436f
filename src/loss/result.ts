import { type LossPass, type LossResult, type LossSample, lossPasses } from "./sample.ts";

/** A zero loss with zero gradient on the full pass and none on the masked ones. */
export function zeroResult(batch: readonly LossSample[]): LossResult {
  return {
    loss: 0,
    gradient: {
      full: batch.map((sample) => new Float64Array(sample.full.length)),
      video: batch.map(() => undefined),
      audio: batch.map(() => undefined),
    },
    metrics: {},
  };
}

/** Adds `value` to dL/dlogp of one token. Makes the masked pass's array at its first gradient. */
export function addGradient(
  result: LossResult,
  pass: LossPass,
  sample: number,
  token: number,
  value: number,
): void {
  if (value === 0) return;
  const row = gradientRow(result, pass, sample);
  row[token] = (row[token] as number) + value;
}

/** total += weight · term, loss and gradient. Metrics are the caller's to name. */
export function addScaled(total: LossResult, term: LossResult, weight: number): void {
  total.loss += weight * term.loss;
  for (const pass of lossPasses) {
    term.gradient[pass]?.forEach((from, sample) => {
      if (from) accumulate(gradientRow(total, pass, sample), from, weight);
    });
    term.whole?.[pass]?.forEach((from, sample) => {
      if (from) accumulate(wholeGradient(total, pass, sample, from.length), from, weight);
    });
  }
}

/** The gradient on a sample's whole-vocabulary rows of one pass; zeros at first. */
export function wholeGradient(
  result: LossResult,
  pass: LossPass,
  sample: number,
  length: number,
): Float64Array {
  result.whole ??= {};
  result.whole[pass] ??= result.gradient.full.map(() => undefined);
  const rows = result.whole[pass];
  const existing = rows[sample];
  if (existing) return existing;
  const made = new Float64Array(length);
  rows[sample] = made;
  return made;
}

function accumulate(to: Float64Array, from: Float64Array, weight: number): void {
  for (let i = 0; i < from.length; i++) to[i] = (to[i] as number) + weight * (from[i] as number);
}

function gradientRow(result: LossResult, pass: LossPass, sample: number): Float64Array {
  if (pass === "both") result.gradient.both ??= result.gradient.full.map(() => undefined);
  const rows = result.gradient[pass] as (Float64Array | undefined)[];
  const existing = rows[sample];
  if (existing) return existing;
  const made = new Float64Array((result.gradient.full[sample] as Float64Array).length);
  rows[sample] = made;
  return made;
}
