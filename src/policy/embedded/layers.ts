/**
 * Layers as named jit functions. An executor may swap a function, recognised by its name, for a
 * fused kernel with a hand-written derivative; the code here stays the definition. All act on the
 * last axis.
 */
import { jit, nn, numpy as np } from "@jax-js/jax";

export const softmax = jit(function softmax(x: np.Array): np.Array {
  return nn.softmax(x, -1);
});

/** log softmax of logits [N, V] at `targets` int32 [N]; `vocabulary` is int32 [V]: 0, 1, 2 … */
export const targetLogprob = jit(function targetLogprob(
  logits: np.Array,
  targets: np.Array,
  vocabulary: np.Array,
): np.Array {
  // a one-hot product: gather's gradient does not compile under jit
  const chosen = np.equal(targets.reshape([-1, 1]), vocabulary);
  return np.sum(np.where(chosen, nn.logSoftmax(logits, -1), 0), -1);
});

/** log softmax of logits [W, V]: every token's log-prob. */
export const wholeLogprobs = jit(function wholeLogprobs(logits: np.Array): np.Array {
  return nn.logSoftmax(logits, -1);
});

/** x / √(mean x² + 1e-5) · gain, gain [width]. */
export const rmsNorm = jit(function rmsNorm(x: np.Array, gain: np.Array): np.Array {
  const power = np.mean(np.square(x.ref), -1, { keepdims: true });
  return x.mul(np.reciprocal(np.sqrt(power.add(1e-5)))).mul(gain);
});

export const relu = jit(function relu(x: np.Array): np.Array {
  return nn.relu(x);
});

/**
 * Rows of a table in another order, and blanks: y[i] = table[index[i]]. `inverse` says for every
 * row of the table which i shows it; a row that several i show (a blank) must have no effect on the
 * result. Then the derivative is a gather by `inverse`, where the general one of a gather has to
 * add up rows.
 */
export const regroup = jit(function regroup(
  table: np.Array,
  index: np.Array,
  _inverse: np.Array,
): np.Array {
  // always true, but the cotangent then is no bare view, which jax-js's compiler refuses to scatter
  const shown = np.greaterEqual(index.ref, 0).reshape([-1, 1]);
  return np.where(shown, np.take(table, index, 0), 0);
});
