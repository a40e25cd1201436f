import { describe, expect, it } from "vitest";
import { startController } from "../loss/controller.ts";
import { type MaskKind, type MaskMode, maskKinds } from "../prompt/masks.ts";
import { createScorer } from "../rewards/scorer.ts";
import type { RewardTerm } from "../rewards/term.ts";
import { rewardTerms } from "../rewards/terms.ts";
import { initialGuardState } from "./guards.ts";
import { maskOptions } from "./options.ts";
import { clip, fakeRun, says } from "./run.fake.ts";
import { rlStep } from "./step.ts";

const state = () => ({ guards: initialGuardState, controller: startController() });
const script = (_: string, sample: number) => says(sample % 2 ? "joy" : "anger");

/** Hides a stream behind a single value, and calls it half hidden. */
const toyMask: MaskKind = {
  id: "sevens",
  shows: "sevens",
  partial: true,
  needs: null,
  places: ["prompt"],
  streams: ["video", "audio"],
  apply: (stream) => ({ ...stream, features: stream.features.map(() => 7) }),
};

const toyReward: RewardTerm = {
  name: "words",
  weight: () => 1,
  option: null,
  score: ({ parsed }) => (parsed.answer?.text === "joy" ? 1 : 0),
  explain: () => [],
  doc: { title: "Toy", formula: "w", anchor: "reward" },
};

describe("a run with entries of its own in the tables", () => {
  it("hides by a mask kind that was added", async () => {
    const { run, policy } = fakeRun(script, {
      mask: { ...maskOptions.parse({}), mode: toyMask.id as MaskMode },
      masks: [...maskKinds, toyMask],
    });
    await rlStep(run, state(), 1, () => {});
    const hidden = policy.read.flat().map(({ prompt }) => prompt);
    expect(hidden.length).toBeGreaterThan(0);
    for (const { id, video, audio } of hidden) {
      const sevens = [video, audio].filter(({ features }) => features.every((x) => x === 7));
      expect(sevens, id).toHaveLength(1);
    }
  });

  it("refuses a mask kind that nobody added", async () => {
    const { run } = fakeRun(script, {
      mask: { ...maskOptions.parse({}), mode: "sevens" as MaskMode },
    });
    await expect(rlStep(run, state(), 1, () => {})).rejects.toThrow(
      "no way to hide a stream is called 'sevens' (known: drop, blank, noise, swap, ratio, mean)",
    );
  });

  it("pays and reports a reward term that was added", async () => {
    const terms = [...rewardTerms, toyReward];
    const { run } = fakeRun(script);
    const embedder = {
      id: "none",
      embed: async (texts: readonly string[]) => texts.map(() => Float32Array.of(1)),
    };
    const scorer = createScorer({
      embedder,
      calibration: { low: 0.5, high: 0.9 },
      options: run.reward,
      terms,
    });
    const { metrics } = await rlStep(
      { ...run, scorer, terms: { reward: terms } },
      state(),
      1,
      () => {},
    );
    expect(metrics.words).toBe(0.5);
  });

  it("reports the share of rollouts whose clip has no label", async () => {
    const { run } = fakeRun(script);
    const examples = run.examples.map((example, index) =>
      index === 0 ? { ...clip(index), labels: [] } : example,
    );
    const { metrics } = await rlStep({ ...run, examples }, state(), 0, () => {});
    expect(metrics["left_out/accuracy"]).toBeCloseTo(1 / run.options.prompts, 12);
    expect(metrics.accuracy).toBeDefined();
  });
});
