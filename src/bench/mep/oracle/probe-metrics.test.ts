import { describe, expect, it } from "vitest";
import { affirmationMarginNats } from "../shared/affirmation.ts";
import type { ClipTally } from "./metric.ts";
import { probeMetrics } from "./probe-metrics.ts";
import type { ProbeOutcome } from "./probe-outcome.ts";

const outcome: ProbeOutcome = {
  modality: "visual",
  crossModal: false,
  intact: { present: -1, absent: -2 },
  hidden: { present: -2, absent: -2 },
  blind: { present: -2, absent: -2 },
};
const clip = (probe: ProbeOutcome, congruent = true): ClipTally => ({
  congruent,
  conditions: {},
  probes: [probe],
});
const decide = (id: string, probe: ProbeOutcome, congruent = true) => {
  const metric = probeMetrics.find((candidate) => candidate.id === id)!;
  return [metric.numerator(clip(probe, congruent)), metric.denominator(clip(probe, congruent))];
};

describe("probe metrics", () => {
  it("count a tie as half, so that ignoring the clip gives 50 %", () => {
    expect(decide("pair", outcome)).toEqual([1, 1]);
    expect(decide("pair", { ...outcome, intact: { present: -3, absent: -2 } })).toEqual([0, 1]);
    expect(decide("pair-hidden", outcome)).toEqual([0.5, 1]);
    expect(decide("pair-hidden", outcome, false)).toEqual([0, 0]);
  });

  it("compare gains over blind, so that a liking for one phrase doesn't count", () => {
    // The true phrase is likelier everywhere, but seeing the clip speaks for the false one: +1 and
    // +2.
    const liked: ProbeOutcome = {
      ...outcome,
      crossModal: true,
      intact: { present: -2, absent: -4 },
      hidden: { present: -3, absent: -5 },
      blind: { present: -3, absent: -6 },
    };
    expect(decide("pair", liked)).toEqual([0, 1]);
    expect(decide("pair-visual", liked)).toEqual([0, 1]);
    expect(decide("pair-raw", liked)).toEqual([1, 1]);
    expect(decide("pair-blind", liked)).toEqual([1, 1]);
    expect(decide("pair-hidden", liked)).toEqual([0, 1]); // 0 and +1
    expect(decide("tempted", liked)).toEqual([1, 1]);
    expect(decide("tempted-raw", liked)).toEqual([0, 1]);
    expect(decide("tempted-hidden", liked)).toEqual([1, 1]);
    // Ignores the clip: equal gains of 0.
    expect(decide("pair", { ...liked, intact: liked.blind })).toEqual([0.5, 1]);
  });

  it("affirm a statement only when it gets clearly likelier than blind", () => {
    const raised = (nats: number) => ({
      ...outcome,
      intact: { present: outcome.blind.present + nats, absent: -9 },
    });
    expect(decide("yes-present", raised(affirmationMarginNats + 0.01))).toEqual([1, 1]);
    expect(decide("yes-present", raised(affirmationMarginNats - 0.01))).toEqual([0, 1]);
    expect(Math.exp(affirmationMarginNats)).toBeCloseTo(1.5);
    expect(decide("yes-rate", outcome)).toEqual([0.5, 1]);
  });

  it("want a yes with the modality and a no without it", () => {
    expect(decide("pair-both", outcome)).toEqual([1, 1]);
    const leaking = { ...outcome, hidden: { present: -1, absent: -2 } };
    expect(decide("pair-both", leaking)).toEqual([0, 1]);
    expect(decide("yes-hidden", leaking)).toEqual([1, 1]);
  });

  it("ask about temptation only where the false statement is the other modality's", () => {
    expect(decide("tempted", outcome)).toEqual([0, 0]);
    const cross = { ...outcome, crossModal: true, intact: { present: -2, absent: -1 } };
    expect(decide("tempted", cross)).toEqual([1, 1]);
    expect(decide("tempted-hidden", cross)).toEqual([0.5, 1]);
  });
});
