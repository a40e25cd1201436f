/** Writes batches of work as the PyTorch side reads them. */
import { join } from "node:path";
import { type SafeTensor, writeSafetensors } from "../../src/arrays/safetensors.ts";
import type { Datum } from "../../src/policy/port.ts";
import { modalities, type Prompt } from "../../src/prompt/prompt.ts";
import { fullDatum, type TrainingRollout } from "../../src/trainer/rollout.ts";
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
export function writeRollouts(
  folder: string,
  name: string,
  rollouts: readonly TrainingRollout[],
): void {
  const data = rollouts.map(fullDatum);
  const full = [...new Set(data.map(({ prompt }) => prompt))];
  const size = data.length / full.length;
  const length = longest(data);
  const dims = [full.length, size, length];
  /** Per prompt, its masked copies, video before audio. */
  const masked = full.map((_, at) =>
    modalities.flatMap((modality) => {
      const copy = rollouts[at * size]!.hidden[modality];
      return copy ? [{ modality, prompt: copy.prompt }] : [];
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
          rollouts.map(({ claims }, index) => {
            const hides =
              copy[Math.floor(index / size)]!.modality === "video" ? "visual" : "acoustic";
            const marks = new Float32Array(length);
            for (const { modality, heads } of claims) {
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
    [
      "rollout",
      padded(
        rollouts.map(({ completion }) => completion.logprobs),
        dims,
      ),
    ],
    [
      "live",
      padded(
        data.map(({ tokens }) => new Float32Array(tokens.length).fill(1)),
        dims,
      ),
    ],
    [
      "advantage",
      {
        shape: [full.length, size, 1],
        data: Float32Array.from(rollouts, ({ advantage }) => advantage),
      },
    ],
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
