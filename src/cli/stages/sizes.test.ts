import { describe, expect, it } from "vitest";
import { coldStartSizes, reinforcementSizes } from "./sizes.ts";

describe("sizes of training for so many clips", () => {
  it("fill at least one batch, and keep the demo's batch for its thousands of clips", () => {
    for (const clips of [1, 2, 3, 5, 8, 35, 100, 300, 2940]) {
      const { batch, epochs } = coldStartSizes(clips);
      expect(batch).toBeLessThanOrEqual(Math.max(1, clips));
      expect(epochs * Math.floor(clips / batch)).toBeGreaterThanOrEqual(Math.min(400, 1100));
    }
    expect(coldStartSizes(2940).batch).toBe(64);
    expect(coldStartSizes(35)).toEqual({ batch: 8, epochs: 105, warmupSteps: 21 });
  });

  it("leave a second clip in every step of reinforcement learning, so that streams can be swapped", () => {
    for (const clips of [2, 4, 15, 40, 1260]) {
      const { prompts, steps } = reinforcementSizes(clips);
      expect(prompts).toBeGreaterThanOrEqual(2);
      expect(prompts).toBeLessThanOrEqual(Math.max(2, clips));
      expect(steps).toBeLessThanOrEqual(200);
    }
    expect(reinforcementSizes(15)).toEqual({ prompts: 7, steps: 30, learningRate: 0.0003 });
  });
});
