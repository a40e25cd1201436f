/** What the checks of the conformance suite share: the batch they score and how they compare. */
import assert from "node:assert/strict";
import { Rng } from "../../core/rng.ts";
import { maskPrompt } from "../../prompt/masks.ts";
import type { Prompt } from "../../prompt/prompt.ts";
import type { Datum, Policy, PolicyCapabilities } from "../port.ts";

/** What the suite needs from an adapter's test. */
export interface PolicyUnderTest {
  /** A new policy with the same initial weights at every call. */
  make(): Promise<Policy>;
  /**
   * Prompt number `index`, of the shape the policy was made for; different indices, different
   * streams.
   */
  prompt(index: number): Prompt;
  vocabulary: number;
  /** The policy's longest completion. */
  maxTokens: number;
  /** Largest difference of log-probs that counts as equal. */
  tolerance: number;
  /** What the policy says it can do. Checks of what it cannot are skipped by name. */
  capabilities: PolicyCapabilities;
}

/** Throws where the policy does not do what the check's title says. */
export type Check = (policy: Policy, test: PolicyUnderTest) => Promise<void>;

/** Few and short samples. */
export const sampling = { samplesPerPrompt: 3, maxTokens: 6, temperature: 1, seed: "conformance" };
/** A step that moves. */
export const adam = { learningRate: 0.01 };
/** With so large an epsilon Adam is plain descent at the rate learningRate / epsilon. */
export const descent = 1e6;

/** A datum of plain numbers. */
export function datum(prompt: Prompt, tokens: number[]): Datum {
  return { prompt, tokens: Int32Array.from(tokens) };
}

/** Completions of unequal length, two of one prompt, one with a hidden stream. */
export function someBatch(test: PolicyUnderTest): Datum[] {
  const rng = new Rng("conformance batch");
  const tokens = (length: number): number[] =>
    Array.from({ length }, () => rng.int(test.vocabulary));
  return [
    datum(test.prompt(0), tokens(5)),
    datum(test.prompt(1), tokens(2)),
    datum(test.prompt(0), tokens(4)),
    datum(maskPrompt(test.prompt(0), "audio", "drop"), tokens(3)),
  ];
}

/** The same gradient on every token. */
export const constant = (batch: readonly Datum[], value: number): Float32Array[] =>
  batch.map(({ tokens }) => new Float32Array(tokens.length).fill(value));

/** Standard normal gradients, the same for the same seed. */
export function randomGradient(batch: readonly Datum[], seed: string): Float32Array[] {
  const rng = new Rng(seed);
  return batch.map(({ tokens }) => Float32Array.from(tokens, () => rng.normal()));
}

/** Σ weight · value over all rows: the scalar that the gradient checks watch. */
export function weigh(rows: readonly Float32Array[], weights: readonly Float32Array[]): number {
  let total = 0;
  rows.forEach((row, index) => {
    for (let i = 0; i < row.length; i++) {
      total += (row[i] as number) * ((weights[index] as Float32Array)[i] as number);
    }
  });
  return total;
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  assert.equal(a.length, b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] as number))), 0);
}

/** Throws where two rows differ by more than `tolerance`. */
export function close(a: Float32Array, b: Float32Array, tolerance: number): void {
  const difference = largestDifference(a, b);
  assert.ok(difference <= tolerance, `log-probs differ by ${difference}`);
}

/** Throws where two rows differ nowhere by more than `least`. */
export function far(a: Float32Array, b: Float32Array, least: number): void {
  const difference = largestDifference(a, b);
  assert.ok(difference > least, `log-probs differ by only ${difference}`);
}
