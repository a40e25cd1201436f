import { PolicyError } from "../../core/errors.ts";
import type { Rng } from "../../core/rng.ts";

export interface Drawn {
  token: number;
  /** At temperature 1, whatever the temperature of the draw. */
  logprob: number;
}

/**
 * Draws from softmax(logits / temperature) by the inverse of its cumulative distribution, in double
 * precision; temperature 0 takes the most likely token.
 */
export class Drawer {
  private readonly vocabulary: number;
  private readonly temperature: number;
  /** exp((logit − top) / temperature) of the draw under way. */
  private readonly weights: Float64Array;

  constructor(vocabulary: number, temperature: number) {
    this.vocabulary = vocabulary;
    this.temperature = temperature;
    this.weights = new Float64Array(vocabulary);
  }

  /**
   * One draw from the logits that begin at `start`.
   * @throws PolicyError for logits that are NaN or +∞.
   */
  draw(logits: Float32Array, start: number, rng: Rng): Drawn {
    const { vocabulary, temperature } = this;
    let best = 0;
    for (let id = 1; id < vocabulary; id++) {
      if ((logits[start + id] as number) > (logits[start + best] as number)) best = id;
    }
    const top = logits[start + best] as number;
    const plain = this.weigh(logits, start, top, 1);
    if (!Number.isFinite(plain)) {
      throw new PolicyError("LOGITS_NOT_FINITE", "the policy's logits are not finite", {
        hint: "training diverged: go back to an earlier checkpoint and lower the learning rate",
      });
    }
    let token = best;
    if (temperature > 0) {
      const total = temperature === 1 ? plain : this.weigh(logits, start, top, temperature);
      token = this.invert(rng.float() * total);
    }
    return { token, logprob: (logits[start + token] as number) - top - Math.log(plain) };
  }

  /** Fills `weights`; returns their sum. */
  private weigh(logits: Float32Array, start: number, top: number, temperature: number): number {
    const { weights } = this;
    let total = 0;
    for (let id = 0; id < weights.length; id++) {
      const weight = Math.exp(((logits[start + id] as number) - top) / temperature);
      weights[id] = weight;
      total += weight;
    }
    return total;
  }

  /** The first token at which the running sum of weights exceeds `target`. */
  private invert(target: number): number {
    let sum = 0;
    // target is below the sum of all, added up in the same order, so there is always one
    return this.weights.findIndex((weight) => {
      sum += weight;
      return sum > target;
    });
  }
}
