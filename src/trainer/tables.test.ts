import { describe, expect, it } from "vitest";
import { startController } from "../loss/controller.ts";
import { addGradient, zeroResult } from "../loss/result.ts";
import { everyClaim, type LossTerm } from "../loss/term.ts";
import { lossTerms } from "../loss/terms.ts";
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

/** Pulls masked log-probs of every token down. */
const toyTerm: LossTerm = {
  name: "toy",
  weight: () => 0.5,
  option: null,
  suppressive: false,
  needs: "both",
  blindOnly: false,
  reads: () => "all",
  selector: everyClaim,
  learnsMasked: () => true,
  usesMatch: () => false,
  metrics: ["toy/partial"],
  compute: (batch) => {
    const result = zeroResult(batch);
    batch.forEach((sample, index) => {
      for (const pass of ["video", "audio"] as const) {
        sample[pass] && addGradient(result, pass, index, 0, 1);
      }
    });
    result.metrics = { "toy/partial": batch.filter(({ partial }) => partial?.length === 2).length };
    return result;
  },
  doc: { title: "Toy", formula: "m", anchor: "objective", source: "a test" },
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
      "no way to hide a stream is called 'sevens' (known: drop, blank, noise, swap, mean)",
    );
  });

  it("makes the passes, reads the tokens and follows the gradient of a loss term that was added", async () => {
    const { run, policy } = fakeRun(script, {
      mask: { ...maskOptions.parse({}), mode: toyMask.id as MaskMode },
      terms: { loss: [...lossTerms, toyTerm] },
      masks: [...maskKinds, toyMask],
    });
    const { metrics } = await rlStep(run, state(), 1, () => {});
    const rollouts = run.options.prompts * run.options.group;
    expect(policy.read.flat()).toHaveLength(2 * rollouts);
    expect(policy.read.flat().every(({ read }) => read === undefined)).toBe(true);
    const learnt = policy.differentiated[0]!.slice(rollouts);
    expect(learnt).toHaveLength(2 * rollouts);
    for (const { datum, gradient } of learnt) {
      expect(gradient[datum.read!.indexOf(0)]).toBe(0.5);
    }
    expect(metrics).toMatchObject({ "loss/toy": 0, "toy/partial": rollouts });
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
