/**
 * The omni-modal transformer, as pure jax-js functions.
 *
 * A prompt is a prefix [video tokens, audio tokens, text tokens] whose positions see each other; a
 * completion is causal and sees the prefix. The prefix is encoded once per prompt and its keys and
 * values serve all G completions of it. Dimension words: P prompts, G completions of each, T completion
 * tokens, S prefix tokens, H heads, K width of a head.
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

/** Prompts of one batch: video [P, tokens, dim], audio [P, tokens, dim], text [P, tokens]. */
export interface PrefixInputs {
  video: np.Array;
  audio: np.Array;
  /** Absent when the batch has no text tokens. */
  text?: np.Array | undefined;
  /** [P, S]: 0 where a position may be attended, −1e9 where not (dropped stream, text padding). */
  hidden: np.Array;
}

/** Keys and values of one layer, both [P, H, …, positions, K]. */
export interface KeysValues {
  keys: np.Array;
  values: np.Array;
}

/** Prefix keys and values [P, H, S, K] per layer. The last block is not run: nothing reads its output. */
export function encodePrefix(
  shape: ModelShape,
  weights: Weights,
  inputs: PrefixInputs,
): KeysValues[] {
  const { layers, heads, headWidth } = shape;
  let x = embedPrefix(weights, inputs);
  const [prompts, tokens] = x.shape as [number, number, number];
  const bias = inputs.hidden.reshape([prompts, 1, 1, tokens]);
  const cache: KeysValues[] = [];
  for (let layer = 0; layer < layers; layer++) {
    const qkv = project(weights, layer, x.ref)
      .reshape([prompts, tokens, 3, heads, headWidth])
      .transpose([2, 0, 3, 1, 4]);
    const keys = qkv.ref.slice(1);
    const values = qkv.ref.slice(2);
    cache.push({ keys: keys.ref, values: values.ref });
    if (layer === layers - 1) break;
    const queries = qkv.slice(0).mul(headWidth ** -0.5);
    const scores = np.matmul(queries, keys.transpose([0, 1, 3, 2])).add(bias.ref);
    const mixed = np.matmul(softmax(scores), values).transpose([0, 2, 1, 3]);
    x = finishBlock(weights, layer, x, mixed.reshape([prompts, tokens, heads * headWidth]));
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

/**
 * Next-token logits [P, G, T, vocabulary] of completions after their prompts. `tokens` is int32
 * [P, G, T], BOS first; `bias` [P, T, S + T] is 0 where a token sees a position and −1e9 elsewhere.
 */
export function completionLogits(
  shape: ModelShape,
  weights: Weights,
  cache: readonly KeysValues[],
  tokens: np.Array,
  bias: np.Array,
): np.Array {
  const { layers, heads, headWidth } = shape;
  const [prompts, group, length] = tokens.shape as [number, number, number];
  const visible = bias.shape[2] as number;
  const groupBias = bias.reshape([prompts, 1, 1, length, visible]);
  let x = np
    .take(weights.get("token.embedding"), tokens, 0)
    .add(firstRows(weights.get("completion.position"), length));
  for (let layer = 0; layer < layers; layer++) {
    const qkv = project(weights, layer, x.ref)
      .reshape([prompts, group, length, 3, heads, headWidth])
      .transpose([3, 0, 4, 1, 2, 5]);
    const shared = cache[layer] as KeysValues;
    const queries = qkv.ref.slice(0).mul(headWidth ** -0.5);
    const keys = afterPrefix(shared.keys, qkv.ref.slice(1));
    const values = afterPrefix(shared.values, qkv.slice(2));
    const scores = np.matmul(queries, keys.transpose([0, 1, 2, 4, 3])).add(groupBias.ref);
    const mixed = np.matmul(softmax(scores), values).transpose([0, 2, 3, 1, 4]);
    x = finishBlock(weights, layer, x, mixed.reshape([prompts, group, length, heads * headWidth]));
  }
  return readOut(weights, x);
}

/** Shared [P, H, S, K] before each completion's own [P, H, G, T, K]: [P, H, G, S + T, K]. */
function afterPrefix(shared: np.Array, own: np.Array): np.Array {
  const [prompts, heads, group, , headWidth] = own.shape as [
    number,
    number,
    number,
    number,
    number,
  ];
  const positions = shared.shape[2] as number;
  const spread = np.broadcastTo(shared.reshape([prompts, heads, 1, positions, headWidth]), [
    prompts,
    heads,
    group,
    positions,
    headWidth,
  ]);
  return np.concatenate([spread, own], 3);
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
  /** Per layer: prefix and earlier completion tokens, [P, H, G, S + T, K]; rows not yet written are 0. */
  cache: readonly KeysValues[];
  /** [P, S + T]: 0 for rows that may be seen, −1e9 for hidden and unwritten ones. */
  bias: np.Array;
}

/** Logits [P, G, V] and, per layer, this token's keys and values [P, H, G, K] for the cache. */
export function decodeStep(
  shape: ModelShape,
  weights: Weights,
  inputs: DecodeInputs,
): { logits: np.Array; written: KeysValues[] } {
  const { layers, heads, headWidth } = shape;
  const [prompts, group] = inputs.tokens.shape as [number, number];
  const length = inputs.bias.shape[1] as number;
  const bias = inputs.bias.reshape([prompts, 1, 1, length]);
  const written: KeysValues[] = [];
  let x = np
    .take(weights.get("token.embedding"), inputs.tokens, 0)
    .add(np.take(weights.get("completion.position"), inputs.position, 0));
  for (let layer = 0; layer < layers; layer++) {
    const qkv = project(weights, layer, x.ref)
      .reshape([prompts, group, 3, heads, headWidth])
      .transpose([2, 0, 3, 1, 4]);
    const queries = qkv.ref.slice(0).mul(headWidth ** -0.5);
    const keys = qkv.ref.slice(1);
    const values = qkv.slice(2);
    written.push({ keys: keys.ref, values: values.ref });
    const cached = inputs.cache[layer] as KeysValues;
    const row = queries.ref.reshape([prompts, heads, group, 1, headWidth]);
    const toCache = np.sum(row.mul(cached.keys), -1).add(bias.ref);
    const toItself = np.sum(queries.mul(keys), -1, { keepdims: true });
    const attention = softmax(np.concatenate([toCache, toItself], -1));
    const column = attention.ref
      .slice([], [], [], [0, length])
      .reshape([prompts, heads, group, length, 1]);
    const mixed = np
      .sum(column.mul(cached.values), 3)
      .add(attention.slice([], [], [], [length, length + 1]).mul(values))
      .transpose([0, 2, 1, 3]);
    x = finishBlock(weights, layer, x, mixed.reshape([prompts, group, heads * headWidth]));
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
