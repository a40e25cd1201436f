/**
 * Layers as named jit functions. An executor may swap a function, recognised by its name, for a fused
 * kernel with a hand-written derivative; the code here stays the definition. All act on the last axis.
 */
import { jit, nn, numpy as np } from "@jax-js/jax";

export const softmax = jit(function softmax(x: np.Array): np.Array {
  return nn.softmax(x, -1);
});

export const logSoftmax = jit(function logSoftmax(x: np.Array): np.Array {
  return nn.logSoftmax(x, -1);
});

/** x / √(mean x² + 1e-5) · gain, gain [width]. */
export const rmsNorm = jit(function rmsNorm(x: np.Array, gain: np.Array): np.Array {
  const power = np.mean(np.square(x.ref), -1, { keepdims: true });
  return x.mul(np.reciprocal(np.sqrt(power.add(1e-5)))).mul(gain);
});

export const relu = jit(function relu(x: np.Array): np.Array {
  return nn.relu(x);
});
