/** Writes the policy and its batches for the PyTorch side, and compares what both sides computed. */
import { join } from "node:path";
import {
  readSafetensors,
  type SafeTensor,
  writeSafetensors,
} from "../../src/policy/embedded/safetensors.ts";
import type { Datum, Policy } from "../../src/policy/port.ts";
import type { Prompt } from "../../src/prompt/prompt.ts";
import type { RlWork } from "./rollouts.ts";
import { likelihoodGradient, shape } from "./subject.ts";

const bos = 1;

/** `<folder>/policy`: a checkpoint, as the policy saves it. */
export const policyFolder = (folder: string): string => join(folder, "policy");

/** A supervised batch: every datum has a prompt of its own. */
export function writeDemonstrations(folder: string, batch: readonly Datum[]): void {
  const length = longest(batch);
  writeSafetensors(
    join(folder, "sft.safetensors"),
    new Map([
      ...prompts(batch.map(({ prompt }) => prompt)),
      ...tokenTensors(batch, batch.length, length),
      ["weight", padded(likelihoodGradient(batch), [batch.length, 1, length])],
    ]),
  );
}

/** A rollout batch: P full prompts, then P for each masked pass. */
export function writeRollouts(folder: string, name: string, { batch, passes }: RlWork): void {
  const { data, rollout, advantages, claims } = batch;
  const full = [...new Set(data.map(({ prompt }) => prompt))];
  const size = data.length / full.length;
  const length = longest(data);
  const dims = [full.length, size, length];
  /** Per prompt, its masked copies in order of the passes. */
  const masked = full.map((_, at) =>
    passes.flatMap(({ modality, rollouts, batch }) => {
      const found = rollouts.indexOf(at * size);
      return found < 0 ? [] : [{ modality, prompt: batch[found]!.prompt }];
    }),
  );
  const copies = Array.from({ length: masked[0]!.length }, (_, pass) =>
    masked.map((all) => all[pass]!),
  );
  const evidence = (own: boolean): SafeTensor => ({
    shape: [copies.length, ...dims],
    data: concatenated(
      copies.map((copy) =>
        rows(
          claims.map((list, index) => {
            const hides =
              copy[Math.floor(index / size)]!.modality === "video" ? "visual" : "acoustic";
            const marks = new Float32Array(length);
            for (const { modality, heads } of list) {
              if ((modality === hides) === own) for (const token of heads) marks[token] = 1;
            }
            return marks;
          }),
          length,
        ),
      ),
    ),
  });
  const tensors = new Map<string, SafeTensor>([
    ...prompts([...full, ...copies.flat().map(({ prompt }) => prompt)]),
    ...tokenTensors(data, full.length, length),
    ["rollout", padded(rollout, dims)],
    [
      "live",
      padded(
        data.map(({ tokens }) => new Float32Array(tokens.length).fill(1)),
        dims,
      ),
    ],
    ["advantage", { shape: [full.length, size, 1], data: Float32Array.from(advantages) }],
  ]);
  if (copies.length > 0) {
    tensors.set("own", evidence(true));
    tensors.set("other", evidence(false));
  }
  writeSafetensors(join(folder, `${name}.safetensors`), tensors);
}

function prompts(list: readonly Prompt[]): [string, SafeTensor][] {
  return (["video", "audio"] as const).map((modality) => {
    const { tokens, dim } = shape[modality];
    const data = concatenated(list.map((prompt) => prompt[modality].features));
    return [modality, { shape: [list.length, tokens, dim], data }];
  });
}

function tokenTensors(
  batch: readonly Datum[],
  groups: number,
  length: number,
): [string, SafeTensor][] {
  const dims = [groups, batch.length / groups, length];
  const tokens = new Int32Array(batch.length * length);
  const targets = new Int32Array(batch.length * length);
  batch.forEach((datum, row) => {
    tokens[row * length] = bos;
    tokens.set(datum.tokens.subarray(0, -1), row * length + 1);
    targets.set(datum.tokens, row * length);
  });
  return [
    ["tokens", { shape: dims, data: tokens }],
    ["targets", { shape: dims, data: targets }],
  ];
}

const longest = (batch: readonly Datum[]): number =>
  Math.max(...batch.map(({ tokens }) => tokens.length));

const padded = (values: readonly Float32Array[], dims: number[]): SafeTensor => ({
  shape: dims,
  data: rows(values, dims.at(-1)!),
});

function rows(values: readonly Float32Array[], length: number): Float32Array {
  const out = new Float32Array(values.length * length);
  for (const [index, row] of values.entries()) out.set(row, index * length);
  return out;
}

function concatenated(parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Log-probs (full pass first, one row a datum) and gradients by parameter. */
export interface Computed {
  logprobs: readonly Float32Array[];
  gradients: ReadonlyMap<string, Float32Array>;
}

/** Share of the gradient that Adam's first moment holds after one step from zero: 1 − beta1. */
const firstMomentShare = 0.1;

/**
 * Gradients of one step, read from the first moment of a checkpoint saved after it: the port gives none.
 * The step must have been the first since `load` with a fresh optimiser, without clipping.
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
