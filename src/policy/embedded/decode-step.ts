/** One token of many completions, with the keys and values of the tokens before it in a cache. */
import { numpy as np } from "@jax-js/jax";
import { softmax } from "./layers.ts";
import { finishBlock, type KeysValues, project, readOut, type Weights } from "./model.ts";
import type { ModelShape } from "./params.ts";

/** Inputs of one decoding step of B completions; all stand at the same position. */
export interface DecodeInputs {
  /** int32 [B]: the token before the one to predict. */
  tokens: np.Array;
  /** int32 [1]: position of those tokens in the completion. */
  position: np.Array;
  /** Per layer: prefix and earlier completion tokens, [B, H, L, K]; rows not yet written are 0. */
  cache: readonly KeysValues[];
  /** [B, L]: 0 for rows that may be seen, −1e9 for hidden and unwritten ones. */
  bias: np.Array;
}

/**
 * Odds [B, V] of the next token, exp(logit − the row's largest), and, per layer, this token's keys
 * and values [B, H, K] for the cache. Exponentials are taken here, for JavaScript takes longer.
 */
export function decodeStep(
  shape: ModelShape,
  weights: Weights,
  inputs: DecodeInputs,
): { odds: np.Array; written: KeysValues[] } {
  const { layers, heads, headWidth } = shape;
  const [rows, length] = inputs.bias.shape as [number, number];
  const bias = inputs.bias.reshape([rows, 1, length]);
  const written: KeysValues[] = [];
  let x = np
    .take(weights.get("token.embedding"), inputs.tokens, 0)
    .add(np.take(weights.get("completion.position"), inputs.position, 0));
  for (let layer = 0; layer < layers; layer++) {
    const qkv = project(weights, layer, x.ref).reshape([rows, 3, heads, headWidth]);
    const part = (at: number) => qkv.ref.slice([], at);
    const queries = part(0).mul(headWidth ** -0.5);
    const keys = part(1);
    const values = part(2);
    written.push({ keys: keys.ref, values: values.ref });
    const cached = inputs.cache[layer] as KeysValues;
    const row = queries.ref.reshape([rows, heads, 1, headWidth]);
    const toCache = np.sum(row.mul(cached.keys), -1).add(bias.ref);
    const toItself = np.sum(queries.mul(keys), -1, { keepdims: true });
    const attention = softmax(np.concatenate([toCache, toItself], -1));
    const column = attention.ref.slice([], [], [0, length]).reshape([rows, heads, length, 1]);
    const mixed = np
      .sum(column.mul(cached.values), 2)
      .add(attention.slice([], [], [length, length + 1]).mul(values));
    x = finishBlock(weights, layer, x, mixed.reshape([rows, heads * headWidth]));
  }
  const logits = readOut(weights, x);
  const top = np.max(logits.ref, -1, { keepdims: true });
  return { odds: np.exp(logits.sub(top)), written };
}
