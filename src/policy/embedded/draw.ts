import { PolicyError } from "../../core/errors.ts";
import type { Rng } from "../../core/rng.ts";

export interface Drawn {
  token: number;
  /** At temperature 1, whatever the temperature of the draw. */
  logprob: number;
  /** Sum of all odds. */
  total: number;
}

type Odds = Float32Array | Float64Array;

/**
 * Draws from softmax(logits / temperature) by the inverse of its cumulative distribution; sums are
 * in double precision. Temperature 0 takes the most likely token, the first of equals.
 */
export class Drawer {
  private readonly vocabulary: number;
  private readonly temperature: number;
  /** Odds at the temperature, of the draw under way. */
  private readonly tempered: Float64Array;

  constructor(vocabulary: number, temperature: number) {
    this.vocabulary = vocabulary;
    this.temperature = temperature;
    this.tempered = new Float64Array(vocabulary);
  }

  /**
   * One draw from the odds against the likeliest word that begin at `start`: exp(logit − the
   * largest logit). Words of less than exp(−87) have odds of 0 and stay undrawn at any temperature.
   * With `by`, odds of the same kind, the word is drawn from these, and what is said of it is still
   * what the first make of it.
   * @throws PolicyError where they are NaN, as they are for logits that are NaN or +∞.
   */
  draw(odds: Float32Array, start: number, rng: Rng, by?: Float64Array): Drawn {
    const total = this.sum(odds, start);
    const token = by ? this.take(by, 0, this.sum(by, 0), rng) : this.take(odds, start, total, rng);
    return { token, logprob: Math.log((odds[start + token] as number) / total), total };
  }

  private sum(odds: Odds, start: number): number {
    let total = 0;
    for (let id = 0; id < this.vocabulary; id++) total += odds[start + id] as number;
    if (!Number.isFinite(total)) {
      throw new PolicyError("LOGITS_NOT_FINITE", "the policy's logits are not finite", {
        hint: "training diverged: go back to an earlier checkpoint and lower the learning rate",
      });
    }
    return total;
  }

  private take(odds: Odds, start: number, total: number, rng: Rng): number {
    if (this.temperature === 1) return invert(odds, start, rng.float() * total);
    if (this.temperature === 0) return this.likeliest(odds, start);
    return invert(this.tempered, 0, rng.float() * this.temper(odds, start));
  }

  private likeliest(odds: Odds, start: number): number {
    let best = 0;
    for (let id = 1; id < this.vocabulary; id++) {
      if ((odds[start + id] as number) > (odds[start + best] as number)) best = id;
    }
    return best;
  }

  /** Fills `tempered`; returns their sum. */
  private temper(odds: Odds, start: number): number {
    const { tempered, temperature } = this;
    let total = 0;
    for (let id = 0; id < tempered.length; id++) {
      const value = Math.exp(Math.log(odds[start + id] as number) / temperature);
      tempered[id] = value;
      total += value;
    }
    return total;
  }
}

/**
 * The first token at which the running sum of odds exceeds `target`, which is below the sum of all.
 */
function invert(odds: Odds, start: number, target: number): number {
  let sum = 0;
  let token = -1;
  // added up in the order in which the total was, so there is always one
  do sum += odds[start + ++token] as number;
  while (sum <= target);
  return token;
}
