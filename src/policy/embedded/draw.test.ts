import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Rng } from "../../core/rng.ts";
import { Drawer } from "./draw.ts";

/** As the decode program gives them. */
function oddsOf(logits: Float32Array): Float32Array {
  const top = logits.reduce((most, value) => Math.max(most, value));
  return logits.map((value) => Math.exp(value - top));
}

/** From the second of two rows. */
const draw = (logits: Float32Array, temperature: number, rng: Rng) =>
  new Drawer(logits.length, temperature).draw(
    Float32Array.of(...logits.map(() => 1), ...oddsOf(logits)),
    logits.length,
    rng,
  );

describe("draw", () => {
  it("draws tokens as often as softmax(logits / temperature) says", () => {
    const logits = Float32Array.of(1, 0, -1, 2);
    for (const temperature of [0.5, 1, 2]) {
      const weights = Array.from(logits, (value) => Math.exp(value / temperature));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const counts = [0, 0, 0, 0];
      const rng = new Rng(`draw ${temperature}`);
      for (let i = 0; i < 20_000; i++) counts[draw(logits, temperature, rng).token]! += 1;
      counts.forEach((count, id) => {
        expect(Math.abs(count / 20_000 - weights[id]! / total)).toBeLessThan(0.012);
      });
    }
  });

  it("reports the log-prob at temperature 1, whatever the temperature", () => {
    const logits = Float32Array.of(0, Math.log(3));
    for (const temperature of [0, 1e-300, 0.1]) {
      const { token, logprob } = draw(logits, temperature, new Rng(1));
      expect(token).toBe(1);
      expect(logprob).toBeCloseTo(Math.log(0.75), 6);
    }
  });

  it("never draws a token of probability 0", () => {
    const logits = fc.array(fc.float({ min: -5, max: 5, noNaN: true }), {
      minLength: 2,
      maxLength: 20,
    });
    fc.assert(
      fc.property(logits, fc.nat(), (values, seed) => {
        const hidden = Float32Array.from([-Infinity, ...values, -Infinity]);
        const { token, logprob } = draw(hidden, 1, new Rng(seed));
        expect(token).toBeGreaterThan(0);
        expect(token).toBeLessThan(hidden.length - 1);
        expect(Number.isFinite(logprob)).toBe(true);
      }),
    );
  });

  it("refuses logits that are not numbers", () => {
    const broken = Float32Array.of(0, Number.NaN, 1);
    expect(() => draw(broken, 1, new Rng(1))).toThrow(/not finite/);
    expect(() => draw(Float32Array.of(Infinity, 1), 0, new Rng(1))).toThrow(/not finite/);
  });
});
