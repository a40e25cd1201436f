import { describe, expect, it } from "vitest";
import { counterfactualInvariance, counterfactualSensitivity } from "./counterfactual.ts";
import { type EstimatorName, estimators } from "./estimators.ts";
import type { LossResult, LossSample } from "./sample.ts";

/** Exact expectations over a three-action softmax: no sampling, so equality is to rounding. */
const logits = { full: [0.7, -0.4, 0.1], masked: [-0.2, 0.5, 0.3] };
const softmax = (z: number[]): number[] => {
  const total = z.reduce((sum, value) => sum + Math.exp(value), 0);
  return z.map((value) => Math.exp(value) / total);
};
const p = softmax(logits.full);
const q = softmax(logits.masked);
const drop = p.map((value, y) => Math.log(value / (q[y] as number)));
const expectation = (f: (y: number) => number) => p.reduce((sum, w, y) => sum + w * f(y), 0);

/** Gradient on logits of E_{y~p}[ slope(y) · log softmax_y ]. */
function onLogits(slope: (y: number) => number, of: number[]): number[] {
  return of.map((prob, j) => expectation((y) => slope(y) * ((y === j ? 1 : 0) - prob)));
}

const kl = expectation((y) => drop[y] as number);
/** ∂KL(p‖q)/∂(logits of p). */
const klOnFull = p.map((prob, j) => prob * ((drop[j] as number) - kl));
/** ∂KL(p‖q)/∂(logits of q). */
const klOnMasked = q.map((prob, j) => prob - (p[j] as number));
/** ∂KL(q‖p)/∂(logits of p). */
const reverseOnFull = p.map((prob, j) => prob - (q[j] as number));

function expectRow(actual: number[], expected: number[]): void {
  actual.forEach((value, j) => {
    expect(value).toBeCloseTo(expected[j] as number, 14);
  });
}
const fullSlope = (name: EstimatorName) =>
  onLogits((y) => estimators[name](drop[y] as number).slope, p);
const maskedSlope = (name: EstimatorName) =>
  onLogits((y) => -estimators[name](drop[y] as number).slope, q);

describe("expected gradients of KL estimators (docs/method.md#estimators)", () => {
  it("k1: nothing on the full branch, the KL on the masked one", () => {
    expectRow(fullSlope("k1"), [0, 0, 0]);
    expectRow(maskedSlope("k1"), klOnMasked);
  });

  it("k2: the KL on the full branch, something else on the masked one", () => {
    expectRow(fullSlope("k2"), klOnFull);
    const gap = maskedSlope("k2").map((g, j) => Math.abs(g - (klOnMasked[j] as number)));
    expect(Math.max(...gap)).toBeCloseTo(0.1077477757, 9);
  });

  it("k3: the reverse KL on the full branch, the KL on the masked one", () => {
    expectRow(fullSlope("k3"), reverseOnFull);
    expectRow(maskedSlope("k3"), klOnMasked);
  });

  it("reciprocal: half of chi-squared on the full branch", () => {
    const half = (z: number[]) =>
      softmax(z).reduce((sum, prob, y) => sum + prob ** 2 / (q[y] as number) - prob, 0) / 2;
    const numeric = logits.full.map((_, j) => {
      const nudge = (by: number) => half(logits.full.map((z, i) => (i === j ? z + by : z)));
      return (nudge(1e-5) - nudge(-1e-5)) / 2e-5;
    });
    fullSlope("reciprocal").forEach((g, j) => {
      expect(g).toBeCloseTo(numeric[j] as number, 8);
    });
  });
});

describe("counterfactual terms as a KL (below the cap, every action evidence)", () => {
  function sampleOf(y: number): LossSample {
    const l = [Math.log(p[y] as number)];
    const m = [Math.log(q[y] as number)];
    const claims = [{ modality: "visual" as const, heads: [0], match: 0 }];
    return { advantage: 0, full: l, sampled: l, video: m, audio: m, claims };
  }
  const gradient = (
    term: (batch: readonly LossSample[]) => LossResult,
    pass: "full" | "video" | "audio",
    of: number[],
  ) => onLogits((y) => term([sampleOf(y)]).gradient[pass][0]?.[0] as number, of);

  it("sensitivity has the gradient of −KL on both branches", () => {
    const term = (batch: readonly LossSample[]) =>
      counterfactualSensitivity(batch, { cap: 100, routing: "both", fullEstimator: "k2" });
    expectRow(
      gradient(term, "full", p).map((g) => -g),
      klOnFull,
    );
    expectRow(
      gradient(term, "video", q).map((g) => -g),
      klOnMasked,
    );
  });

  it("invariance has the value and the gradient of +KL on both branches", () => {
    const term = (batch: readonly LossSample[]) =>
      counterfactualInvariance(batch, { routing: "both" });
    expect(expectation((y) => term([sampleOf(y)]).loss)).toBeCloseTo(kl, 12);
    expectRow(gradient(term, "full", p), klOnFull);
    expectRow(gradient(term, "audio", q), klOnMasked);
  });

  it("sensitivity keeps pushing the masked pass at d = 0; invariance rests there", () => {
    const l = [-0.7];
    const claims = [{ modality: "visual" as const, heads: [0], match: 0 }];
    const batch = [{ advantage: 0, full: l, sampled: l, video: l, audio: l, claims }];
    const s = counterfactualSensitivity(batch, { cap: 2, routing: "both", fullEstimator: "k2" });
    expect(s.gradient.video[0]?.[0]).toBe(1);
    expect(s.gradient.full[0]?.[0]).toBe(0);
    const i = counterfactualInvariance(batch, { routing: "both" });
    expect([i.loss, i.gradient.full[0]?.[0], i.gradient.audio[0]]).toEqual([0, 0, undefined]);
  });
});
