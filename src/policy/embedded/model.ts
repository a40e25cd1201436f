/**
 * The omni-modal transformer, as pure jax-js functions.
 *
 * A prompt is a prefix [video tokens, audio tokens, text tokens] whose positions see each other; a
 * completion is causal and sees the prefix. The prefix is encoded once per prompt and its keys and
 * values serve all G completions of it. Dimension words: P prompts, G completions of each, T completion
 * tokens, S prefix tokens, H heads, K = width / H.
 */
import { numpy as np } from "@jax-js/jax";
import { logSoftmax, relu, rmsNorm, softmax } from "./layers.ts";
import type { ModelShape } from "./params.ts";

/** Model parameters as arrays, by name. Reading one takes a reference, so a weight may be used often. */
export class Weights {
  private readonly arrays: ReadonlyMap<string, np.Array>;

  constructor(names: readonly string[], arrays: readonly np.Array[]) {
    this.arrays = new Map(names.map((name, index) => [name, arrays[index] as np.Array]));
  }

  get(name: string): np.Array {
    return (this.arrays.get(name) as np.Array).ref;
  }
}

/** Prompts of one batch: video [P, tokens, dim], audio [P, tokens, dim], text [P, tokens], and `hidden`. */
export interface PrefixInputs {
  video: np.Array;
  audio: np.Array;
  /** Absent when the batch has no text tokens. */
  text?: np.Array | undefined;
  /** [P, S]: 0 where a position may be attended, −1e9 where not (dropped stream, text padding). */
  hidden: np.Array;
}

/** Keys [P, H, K, S] (transposed, ready for the dot product) and values [P, H, S, K] of one layer. */
export interface KeysValues {
  keys: np.Array;
  values: np.Array;
}

/** Prefix keys and values per layer. The last layer's block is not run: nothing reads its output. */
export function encodePrefix(
  shape: ModelShape,
  weights: Weights,
  inputs: PrefixInputs,
): KeysValues[] {
  const { layers, heads, width } = shape;
  let x = embedPrefix(weights, inputs);
  const [prompts, tokens] = x.shape as [number, number, number];
  const head = width / heads;
  const bias = inputs.hidden.reshape([prompts, 1, 1, tokens]);
  const cache: KeysValues[] = [];
  for (let layer = 0; layer < layers; layer++) {
    const qkv = project(weights, layer, x.ref).reshape([prompts, tokens, 3, heads, head]);
    const keys = qkv.ref.slice([], [], 1).transpose([0, 2, 3, 1]);
    const values = qkv.ref.slice([], [], 2).transpose([0, 2, 1, 3]);
    cache.push({ keys: keys.ref, values: values.ref });
    if (layer === layers - 1) break;
    const queries = qkv.slice([], [], 0).transpose([0, 2, 1, 3]);
    const scores = np
      .matmul(queries, keys)
      .mul(head ** -0.5)
      .add(bias.ref);
    const mixed = np.matmul(softmax(scores), values);
    x = finishBlock(
      weights,
      layer,
      x,
      mixed.transpose([0, 2, 1, 3]).reshape([prompts, tokens, width]),
    );
  }
  return cache;
}

function embedPrefix(weights: Weights, inputs: PrefixInputs): np.Array {
  const media = np
    .concatenate(
      [
        np.matmul(inputs.video, weights.get("video.weight")),
        np.matmul(inputs.audio, weights.get("audio.weight")),
      ],
      1,
    )
    .add(weights.get("media.position"));
  if (inputs.text === undefined) return media;
  const tokens = inputs.text.shape[1] as number;
  const text = np
    .take(weights.get("token.embedding"), inputs.text, 0)
    .add(firstRows(weights.get("text.position"), tokens));
  return np.concatenate([media, text], 1);
}

/** Inputs of `completionLogits`: `tokens` int32 [P, G, T], first one BOS; `causal` [T, T] of 0 and −1e9. */
export interface CompletionInputs {
  tokens: np.Array;
  causal: np.Array;
  /** [P, S], as in `PrefixInputs`. */
  hidden: np.Array;
}

/** Next-token logits [P, G, T, vocabulary] of completions after their prompts. */
export function completionLogits(
  shape: ModelShape,
  weights: Weights,
  cache: readonly KeysValues[],
  inputs: CompletionInputs,
): np.Array {
  const { layers, heads, width } = shape;
  const [prompts, group, tokens] = inputs.tokens.shape as [number, number, number];
  const head = width / heads;
  const prefix = inputs.hidden.shape[1] as number;
  const bias = inputs.hidden.reshape([prompts, 1, 1, prefix]);
  let x = np
    .take(weights.get("token.embedding"), inputs.tokens, 0)
    .add(firstRows(weights.get("completion.position"), tokens));
  for (let layer = 0; layer < layers; layer++) {
    // [P, H, G, T, K]: groups inside heads, so that one product serves a prompt's whole group
    const qkv = project(weights, layer, x.ref)
      .reshape([prompts, group, tokens, 3, heads, head])
      .transpose([3, 0, 4, 1, 2, 5]);
    const queries = qkv.ref.slice(0).mul(head ** -0.5);
    const values = qkv.ref.slice(2);
    const shared = cache[layer] as KeysValues;
    const toPrefix = np
      .matmul(queries.ref.reshape([prompts, heads, group * tokens, head]), shared.keys)
      .add(bias.ref)
      .reshape([prompts, heads, group, tokens, prefix]);
    const toOwn = np
      .matmul(queries, qkv.slice(1).transpose([0, 1, 2, 4, 3]))
      .add(inputs.causal.ref);
    const attention = softmax(np.concatenate([toPrefix, toOwn], -1));
    const fromPrefix = np.matmul(
      attention.ref
        .slice([], [], [], [], [0, prefix])
        .reshape([prompts, heads, group * tokens, prefix]),
      shared.values,
    );
    const fromOwn = np.matmul(attention.slice([], [], [], [], [prefix, prefix + tokens]), values);
    const mixed = fromPrefix.reshape([prompts, heads, group, tokens, head]).add(fromOwn);
    x = finishBlock(
      weights,
      layer,
      x,
      mixed.transpose([0, 2, 3, 1, 4]).reshape([prompts, group, tokens, width]),
    );
  }
  return readOut(weights, x);
}

/** Log-probs [P, G, T] of `targets` int32 [P, G, T]; `vocabulary` is int32 [V]: 0, 1, 2 … */
export function targetLogprobs(
  logits: np.Array,
  targets: np.Array,
  vocabulary: np.Array,
): np.Array {
  // a one-hot product: gather's gradient does not compile under jit (spec/engine-speed trap 2)
  const chosen = np.equal(targets.reshape([...targets.shape, 1]), vocabulary);
  return np.sum(np.where(chosen, logSoftmax(logits), 0), -1);
}

/** Inputs of one decoding step; all completions stand at the same position. */
export interface DecodeInputs {
  /** int32 [P, G]: the token before the one to predict. */
  tokens: np.Array;
  /** int32 [1]: position of those tokens in the completion. */
  position: np.Array;
  /** Per layer: keys and values of earlier completion tokens, each [P, H, G, T, K]; unwritten rows 0. */
  own: readonly KeysValues[];
  /** [P, S]. */
  hidden: np.Array;
  /** [T]: 0 for written cache rows, −1e9 for the others. */
  unwritten: np.Array;
}

/** Logits [P, G, V] and, per layer, this token's keys and values [P, H, G, K] for the cache. */
export function decodeStep(
  shape: ModelShape,
  weights: Weights,
  cache: readonly KeysValues[],
  inputs: DecodeInputs,
): { logits: np.Array; written: KeysValues[] } {
  const { layers, heads, width } = shape;
  const [prompts, group] = inputs.tokens.shape as [number, number];
  const head = width / heads;
  const prefix = inputs.hidden.shape[1] as number;
  const length = inputs.unwritten.shape[0] as number;
  const bias = inputs.hidden.reshape([prompts, 1, 1, prefix]);
  const written: KeysValues[] = [];
  let x = np
    .take(weights.get("token.embedding"), inputs.tokens, 0)
    .add(np.take(weights.get("completion.position"), inputs.position, 0));
  for (let layer = 0; layer < layers; layer++) {
    const qkv = project(weights, layer, x.ref)
      .reshape([prompts, group, 3, heads, head])
      .transpose([2, 0, 3, 1, 4]);
    const queries = qkv.ref.slice(0).mul(head ** -0.5);
    const keys = qkv.ref.slice(1);
    const values = qkv.slice(2);
    written.push({ keys: keys.ref, values: values.ref });
    const shared = cache[layer] as KeysValues;
    const own = inputs.own[layer] as KeysValues;
    const scores = np.concatenate(
      [
        np.matmul(queries.ref, shared.keys).add(bias.ref),
        np
          .sum(queries.ref.reshape([prompts, heads, group, 1, head]).mul(own.keys), -1)
          .add(inputs.unwritten.ref),
        np.sum(queries.mul(keys), -1, { keepdims: true }),
      ],
      -1,
    );
    const attention = softmax(scores);
    const ownWeights = attention.ref.slice([], [], [], [prefix, prefix + length]);
    const mixed = np
      .matmul(attention.ref.slice([], [], [], [0, prefix]), shared.values)
      .add(np.sum(ownWeights.reshape([prompts, heads, group, length, 1]).mul(own.values), 3))
      .add(attention.slice([], [], [], [prefix + length, prefix + length + 1]).mul(values));
    x = finishBlock(
      weights,
      layer,
      x,
      mixed.transpose([0, 2, 1, 3]).reshape([prompts, group, width]),
    );
  }
  return { logits: readOut(weights, x), written };
}

function project(weights: Weights, layer: number, x: np.Array): np.Array {
  const normed = rmsNorm(x, weights.get(`layer.${layer}.attention.norm`));
  return np.matmul(normed, weights.get(`layer.${layer}.attention.qkv`));
}

/** Adds attention's output and the block's MLP to the residual stream. */
function finishBlock(weights: Weights, layer: number, x: np.Array, mixed: np.Array): np.Array {
  const attended = x.add(np.matmul(mixed, weights.get(`layer.${layer}.attention.out`)));
  const normed = rmsNorm(attended.ref, weights.get(`layer.${layer}.mlp.norm`));
  const raised = relu(np.matmul(normed, weights.get(`layer.${layer}.mlp.up`)));
  return attended.add(np.matmul(raised, weights.get(`layer.${layer}.mlp.down`)));
}

function readOut(weights: Weights, x: np.Array): np.Array {
  return np.matmul(rmsNorm(x, weights.get("final.norm")), weights.get("head.weight"));
}

function firstRows(table: np.Array, rows: number): np.Array {
  return table.slice([0, rows]);
}
