import type { LossResult, LossSample, MaskedPass } from "./sample.ts";

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
  pass: "full" | MaskedPass,
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
  for (const pass of ["full", "video", "audio"] as const) {
    term.gradient[pass].forEach((from, sample) => {
      if (from === undefined) return;
      const to = gradientRow(total, pass, sample);
      for (let t = 0; t < from.length; t++) {
        to[t] = (to[t] as number) + weight * (from[t] as number);
      }
    });
  }
}

function gradientRow(result: LossResult, pass: "full" | MaskedPass, sample: number): Float64Array {
  const rows: (Float64Array | undefined)[] = result.gradient[pass];
  const existing = rows[sample];
  if (existing) return existing;
  const made = new Float64Array((result.gradient.full[sample] as Float64Array).length);
  rows[sample] = made;
  return made;
}
