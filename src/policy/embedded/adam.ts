import { PolicyError } from "../../core/errors.ts";
import type { AdamOptions, StepReport } from "../port.ts";
import type { Parameters } from "./params.ts";

/** Adam's moments, per parameter, and how many steps were taken. */
export interface AdamState {
  step: number;
  first: Parameters;
  second: Parameters;
}

export function zerosLike(parameters: Parameters): Parameters {
  return new Map([...parameters].map(([name, values]) => [name, new Float32Array(values.length)]));
}

export function initAdam(parameters: Parameters): AdamState {
  return { step: 0, first: zerosLike(parameters), second: zerosLike(parameters) };
}

/**
 * One AdamW step in place (Kingma & Ba 2015; decoupled decay of Loshchilov & Hutter 2019), after
 * scaling the gradient to `clipNorm`. A zero gradient with zero moments leaves the parameters as
 * they are.
 * @throws PolicyError, with nothing changed, when the gradient's norm is not finite.
 */
export function adamStep(
  parameters: Parameters,
  gradient: Parameters,
  state: AdamState,
  options: AdamOptions,
): StepReport {
  const { learningRate, beta1 = 0.9, beta2 = 0.99, epsilon = 1e-8 } = options;
  const { weightDecay = 0, clipNorm = 0 } = options;
  const gradientNorm = globalNorm(gradient);
  if (!Number.isFinite(gradientNorm)) {
    throw new PolicyError("GRADIENT_NOT_FINITE", `norm of the gradient is ${gradientNorm}`, {
      hint: "the step was not taken; look at the loss's gradients and lower the learning rate",
    });
  }
  const clipped = clipNorm > 0 && gradientNorm > clipNorm;
  const scale = clipped ? clipNorm / gradientNorm : 1;
  state.step += 1;
  const correction1 = 1 - beta1 ** state.step;
  const correction2 = 1 - beta2 ** state.step;
  const decay = 1 - learningRate * weightDecay;
  // update = m̂ / (√v̂ + ε) with the corrections of both moments taken out of the loop: one
  // division less
  const rate = learningRate / correction1;
  const root = 1 / Math.sqrt(correction2);
  for (const [name, values] of parameters) {
    const g = gradient.get(name) as Float32Array;
    const m = state.first.get(name) as Float32Array;
    const v = state.second.get(name) as Float32Array;
    for (let i = 0; i < values.length; i++) {
      const gi = scale * (g[i] as number);
      const mi = beta1 * (m[i] as number) + (1 - beta1) * gi;
      const vi = beta2 * (v[i] as number) + (1 - beta2) * gi * gi;
      m[i] = mi;
      v[i] = vi;
      values[i] = decay * (values[i] as number) - (rate * mi) / (root * Math.sqrt(vi) + epsilon);
    }
  }
  return { gradientNorm, clipped, step: state.step };
}

/** L2 norm over all parameters, summed in double precision. */
export function globalNorm(gradient: Parameters): number {
  let total = 0;
  for (const values of gradient.values()) {
    for (let i = 0; i < values.length; i++) total += (values[i] as number) ** 2;
  }
  return Math.sqrt(total);
}
