/**
 * The omni-modal transformer, as pure jax-js functions.
 *
 * A prompt is a prefix [video tokens, audio tokens, text tokens] whose positions see each other; a
 * completion is causal and sees the prefix. The prefix is encoded once per prompt and its keys and
 * values serve all G completions of it. Dimension words: P prompts, G completions of each, T slots
 * for tokens of a completion, N rows (tokens of all completions, without gaps), S prefix tokens, H
 * heads, K width of a head.
 */
import { numpy as np } from "@jax-js/jax";
import { regroup, relu, rmsNorm, softmax } from "./layers.ts";
import type { ModelShape } from "./params.ts";

/**
 * Model parameters as arrays, by name. Reading one takes a reference, so a weight may be used
 * often.
 */
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

/**
 * Prefix keys and values [P, H, S, K] per layer. The last block is not run: nothing reads its
 * output.
 */
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
 * Two index arrays that are each other's inverse: which row each slot shows, and the slot of each
 * row.
 */
export interface Pairing {
  slots: np.Array;
  rows: np.Array;
}

/**
 * Completions as rows without gaps: all work but attention is done once a token, none on padding.
 * Attention wants slots [P, G, T]; pairings (`packing.ts`) lead from rows to slots and back, head
 * by head.
 */
export interface CompletionInputs {
  /** int32 [N]: the token before the one to predict. */
  tokens: np.Array;
  /** int32 [N]: its position in the completion. */
  positions: np.Array;
  /** [P, T, S + T]: 0 where a token sees a position and −1e9 elsewhere. */
  bias: np.Array;
  /** Rows of queries, keys, values [N · 3 · H] ↔ slots [3 · P · H · G · T]. */
  qkv: Pairing;
  /** Rows of attention's output [N · H] ↔ slots [P · H · G · T]. */
  mixed: Pairing;
  /**
   * Where log-probs are wanted, if not everywhere: the last block then runs for these R rows alone.
   */
  reads?: ReadInputs | undefined;
}

/**
 * R rows to be read, in at most Q slots a completion. The last block's other rows are only keys and
 * values.
 */
export interface ReadInputs {
  /**
   * `slots` int32 [R]: the row of each read; `rows` int32 [N]: the read of each row, the last if
   * none.
   */
  at: Pairing;
  /** [P, G, Q, S + T]. */
  bias: np.Array;
  /** Rows of keys and values [N · 2 · H] ↔ slots [2 · P · H · G · T]. */
  kv: Pairing;
  /** Rows of queries [R · H] ↔ slots [P · H · G · Q]. */
  queries: Pairing;
}

/** Next-token logits [N or R, vocabulary] of completions [G, T] after each prompt of the cache. */
export function completionLogits(
  shape: ModelShape,
  weights: Weights,
  cache: readonly KeysValues[],
  inputs: CompletionInputs,
  [group, length]: readonly [group: number, length: number],
): np.Array {
  const { layers, heads, headWidth } = shape;
  const [prompts] = inputs.bias.shape as [number];
  const inner = heads * headWidth;
  const slots = [prompts, heads, group, length, headWidth];
  const groupBias = inputs.bias.reshape([prompts, 1, 1, length, inputs.bias.shape[2] as number]);
  let x = np
    .take(weights.get("token.embedding"), inputs.tokens, 0)
    .add(np.take(weights.get("completion.position"), inputs.positions, 0));
  const whole = inputs.reads ? layers - 1 : layers;
  for (let layer = 0; layer < whole; layer++) {
    const [rows] = x.shape as [number];
    const projected = project(weights, layer, x.ref).reshape([rows * 3 * heads, headWidth]);
    const qkv = toSlots(projected, inputs.qkv).reshape([3, ...slots]);
    const own = { keys: qkv.ref.slice(1), values: qkv.ref.slice(2) };
    const shared = cache[layer] as KeysValues;
    const mixed = attend(shape, qkv.slice(0), shared, own, groupBias.ref);
    x = finishBlock(weights, layer, x, toRows(mixed, inputs.mixed).reshape([rows, inner]));
  }
  const { reads } = inputs;
  if (reads) x = readingBlock(shape, weights, cache[whole] as KeysValues, x, reads, slots);
  return readOut(weights, x);
}

/** The last block for the rows to be read: [R, width]. */
function readingBlock(
  shape: ModelShape,
  weights: Weights,
  shared: KeysValues,
  x: np.Array,
  reads: ReadInputs,
  slots: readonly number[],
): np.Array {
  const { layers, heads, headWidth } = shape;
  const [prompts, , group] = slots as [number, number, number];
  const inner = heads * headWidth;
  const layer = layers - 1;
  const [rows] = x.shape as [number];
  const [width] = reads.bias.shape.slice(2) as [number];
  const weight = weights.get(`layer.${layer}.attention.qkv`);
  const normed = rmsNorm(x.ref, weights.get(`layer.${layer}.attention.norm`));
  const kvRows = np.matmul(normed, weight.ref.slice([], [inner, 3 * inner]));
  const kv = toSlots(kvRows.reshape([rows * 2 * heads, headWidth]), reads.kv).reshape([
    2,
    ...slots,
  ]);
  const read = toSlots(x, reads.at);
  const [count] = read.shape as [number];
  const readNormed = rmsNorm(read.ref, weights.get(`layer.${layer}.attention.norm`));
  const queryRows = np.matmul(readNormed, weight.slice([], [0, inner]));
  const queries = toSlots(queryRows.reshape([count * heads, headWidth]), reads.queries);
  const own = { keys: kv.ref.slice(0), values: kv.slice(1) };
  const bias = reads.bias.reshape([prompts, 1, group, width, reads.bias.shape[3] as number]);
  const spread = queries.reshape([prompts, heads, group, width, headWidth]);
  const mixed = attend(shape, spread, shared, own, bias);
  return finishBlock(weights, layer, read, toRows(mixed, reads.queries).reshape([count, inner]));
}

/**
 * Attention of queries [P, H, G, Q, K] to prefix and own tokens; bias broadcasts to [P, H, G, Q, S
 * + T].
 */
function attend(
  { headWidth }: ModelShape,
  queries: np.Array,
  shared: KeysValues,
  own: KeysValues,
  bias: np.Array,
): np.Array {
  const keys = afterPrefix(shared.keys, own.keys);
  const values = afterPrefix(shared.values, own.values);
  const scaled = queries.mul(headWidth ** -0.5);
  const scores = np.matmul(scaled, keys.transpose([0, 1, 2, 4, 3])).add(bias);
  return np.matmul(softmax(scores), values);
}

function toSlots(rows: np.Array, pairing: Pairing): np.Array {
  return regroup(rows, pairing.slots.ref, pairing.rows.ref);
}

/** [P, H, G, Q, K] to rows of width K. */
function toRows(slots: np.Array, pairing: Pairing): np.Array {
  const width = slots.shape[4] as number;
  return regroup(slots.reshape([-1, width]), pairing.rows.ref, pairing.slots.ref);
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

/** Queries, keys and values of a block, next to each other in the last dim. */
export function project(weights: Weights, layer: number, x: np.Array): np.Array {
  const normed = rmsNorm(x, weights.get(`layer.${layer}.attention.norm`));
  return np.matmul(normed, weights.get(`layer.${layer}.attention.qkv`));
}

/** Adds attention's output and the block's MLP to the residual stream. */
export function finishBlock(
  weights: Weights,
  layer: number,
  x: np.Array,
  mixed: np.Array,
): np.Array {
  const attended = x.add(np.matmul(mixed, weights.get(`layer.${layer}.attention.out`)));
  const normed = rmsNorm(attended.ref, weights.get(`layer.${layer}.mlp.norm`));
  const raised = relu(np.matmul(normed, weights.get(`layer.${layer}.mlp.up`)));
  return attended.add(np.matmul(raised, weights.get(`layer.${layer}.mlp.down`)));
}

/** Next-token logits of the residual stream. */
export function readOut(weights: Weights, x: np.Array): np.Array {
  return np.matmul(rmsNorm(x, weights.get("final.norm")), weights.get("head.weight"));
}

function firstRows(table: np.Array, rows: number): np.Array {
  return table.slice([0, rows]);
}
