import { expect, it } from "vitest";
import { monitor } from "./monitors.ts";
import { zeroResult } from "./result.ts";
import type { LossSample } from "./sample.ts";

const batch: LossSample[] = [
  {
    advantage: 0,
    full: [-1, -0.5, -0.25, -2],
    sampled: [-1, -0.5, -0.25, -2],
    video: [-1.5, -2.5, -0.25, -2],
    claims: [
      { modality: "visual", heads: [1], onset: 0, match: 0.9 },
      { modality: "acoustic", heads: [3], match: 0.1 },
    ],
  },
  {
    advantage: 0,
    full: [-1, -3],
    sampled: [-1, -3],
    audio: [-1, -3.5],
    claims: [{ modality: "acoustic", heads: [1], match: 0 }],
  },
];

it("reports claims, drops, neutral tokens and passes by hand-computed numbers", () => {
  const metrics = monitor(batch, zeroResult(batch).gradient);
  expect(metrics).toEqual({
    "claims/visual": 0.5,
    "claims/acoustic": 1,
    "claims/matched": 0.5,
    "claims/unmatched": 1,
    "drop/own": (2 + 0.5) / 2,
    "drop/other": 0,
    "drop/matched": 2,
    "drop/unmatched": 0.5,
    "response/tokens": 3,
    "passes/video": 0.5,
    "passes/audio": 0.5,
    "nll/full": 7.75 / 6,
    "nll/video": 6.25 / 4,
    "nll/audio": 4.5 / 2,
    "neutral/full": (-0.25 - 1) / 2,
    "neutral/video": -0.25,
    "neutral/audio": -1,
  });
});

it("compares gradient norms of masked and full passes", () => {
  const { gradient } = zeroResult(batch);
  gradient.full[0]?.set([3, 4]);
  gradient.video[0] = Float64Array.of(0, 2, 0, 0);
  gradient.audio[1] = Float64Array.of(1.5, 0);
  expect(monitor(batch, gradient)["gradient/masked_ratio"]).toBe(0.5);
});
