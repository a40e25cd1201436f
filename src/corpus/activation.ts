import type { Rng } from "../core/rng.ts";
import { factorNames } from "./factors.ts";
import type { FactorName } from "./manifest.ts";

/** When, and how strongly, one factor shows in a clip. Times are shares of the clip, 0 to 1. */
export interface Activation {
  value: number;
  start: number;
  end: number;
  intensity: number;
}

/** The activation of every factor of a clip. */
export type Activations = Readonly<Record<FactorName, Activation>>;

/** Time over which an expression builds up and fades, as a share of the clip. */
const ramp = 0.06;

/** Draws when each factor shows; `window` is the shortest and longest share of the clip. */
export function drawActivations(
  factors: Readonly<Record<FactorName, number>>,
  window: readonly [number, number],
  rng: Rng,
): Activations {
  const draw = (factor: FactorName): Activation => {
    const length = rng.uniform(window[0], window[1]);
    const start = rng.uniform(0, 1 - length);
    return {
      value: factors[factor],
      start,
      end: start + length,
      intensity: rng.uniform(0.75, 1.1),
    };
  };
  return Object.fromEntries(
    factorNames.map((factor) => [factor, draw(factor)]),
  ) as unknown as Activations;
}

/** Strength of `value` of a factor at a time: 0 unless the clip has that value, with soft edges. */
export function strength(activation: Activation, value: number, time: number): number {
  if (activation.value !== value) return 0;
  const { start, end, intensity } = activation;
  return intensity * smooth((time - start) / ramp) * smooth((end - time) / ramp);
}

/** 0 below 0, 1 above 1, a smooth step between. */
function smooth(x: number): number {
  const t = Math.min(1, Math.max(0, x));
  return t * t * (3 - 2 * t);
}
