/** What two sides computed of the same batch, and how far it lies apart. */
import { join } from "node:path";
import { readSafetensors } from "../../src/arrays/safetensors.ts";
import type { Datum, Policy } from "../../src/policy/port.ts";

/** Log-probs (full pass first, one row a datum) and gradients by parameter. */
export interface Computed {
  logprobs: readonly Float32Array[];
  gradients: ReadonlyMap<string, Float32Array>;
}

/** Share of the gradient that Adam's first moment holds after one step from zero: 1 − beta1. */
const firstMomentShare = 0.1;

/**
 * Gradients of one step, read from the first moment of a checkpoint saved after it: the port gives
 * none. The step must have been the first since `load` with a fresh optimiser, without clipping.
 */
export async function gradientsAfterStep(
  policy: Policy,
  folder: string,
): Promise<Map<string, Float32Array>> {
  await policy.save(folder);
  const gradients = new Map<string, Float32Array>();
  for (const [name, { data }] of readSafetensors(join(folder, "optimizer.safetensors"))) {
    if (!name.startsWith("first.")) continue;
    const values = Float32Array.from(data, (value) => value / firstMomentShare);
    gradients.set(name.slice("first.".length), values);
  }
  return gradients;
}

/** What the PyTorch side wrote, cut to the real tokens of `batch`. */
export function readComputed(file: string, batch: readonly Datum[]): Computed {
  const tensors = readSafetensors(file);
  const { shape: dims, data } = tensors.get("logprobs")!;
  const length = dims.at(-1)!;
  const gradients = new Map<string, Float32Array>();
  for (const [name, tensor] of tensors) {
    if (name.startsWith("gradient.")) {
      gradients.set(name.slice("gradient.".length), tensor.data as Float32Array);
    }
  }
  const logprobs = batch.map(({ tokens }, row) =>
    (data as Float32Array).subarray(row * length, row * length + tokens.length),
  );
  return { logprobs, gradients };
}

export interface Difference {
  /** Largest |Δ log-prob|, nats. */
  logprob: number;
  /** Largest |Δ| of any parameter's gradient, as a share of the largest |gradient|. */
  gradient: number;
  /** |Δ norm| / norm. */
  norm: number;
}

export function difference(ours: Computed, theirs: Computed): Difference {
  let logprob = 0;
  ours.logprobs.forEach((row, index) => {
    logprob = Math.max(logprob, largestGap(row, theirs.logprobs[index]!));
  });
  let gap = 0;
  let largest = 0;
  let oursSquared = 0;
  let theirsSquared = 0;
  for (const [name, values] of ours.gradients) {
    const other = theirs.gradients.get(name);
    gap = Math.max(gap, other ? largestGap(values, other) : Number.POSITIVE_INFINITY);
    for (const value of values) {
      largest = Math.max(largest, Math.abs(value));
      oursSquared += value ** 2;
    }
    for (const value of other ?? []) theirsSquared += value ** 2;
  }
  const norm = Math.sqrt(oursSquared);
  return {
    logprob,
    gradient: gap / largest,
    norm: Math.abs(Math.sqrt(theirsSquared) - norm) / norm,
  };
}

/** NaN counts as infinite: it must not slip through a comparison. */
function largestGap(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let gap = 0;
  for (let i = 0; i < a.length; i++) {
    const here = Math.abs(a[i]! - b[i]!);
    gap = Math.max(gap, Number.isNaN(here) ? Number.POSITIVE_INFINITY : here);
  }
  return gap;
}
