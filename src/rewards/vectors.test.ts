import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { gdpoGroup, groupAdvantages } from "./advantages.ts";
import { combineReward } from "./combine.ts";
import { rewardOptions } from "./options.ts";
import { type ModalityScore, perceptionReward, scoreModality } from "./perception.ts";
import { softThreshold } from "./soft.ts";

const file = new URL("../loss/vectors.json", import.meta.url);

interface Rollout {
  modalities: Record<"visual" | "acoustic" | "emotion", { S: number[][]; n: number }>;
  R_acc: number;
  R_fmt: number;
}
interface Expected {
  rollout: string;
  per_modality: Record<string, { recall: number; guard: number; score: number; pairs: number[][] }>;
  R_opr: number;
  R_total: number;
}

describe("worked numbers (loss/vectors.json), example 11", () => {
  const example = readExample();
  const options = rewardOptions.parse({});
  const calibration = { low: 0.5, high: 0.85 };

  function score({ modalities, R_acc, R_fmt }: Rollout) {
    const scores = Object.fromEntries(
      Object.entries(modalities).map(([modality, { S, n }]) => [
        modality,
        scoreModality(
          S.map((row) => row.map((cosine) => softThreshold(cosine, calibration))),
          n,
          options.perception,
        ),
      ]),
    ) as Record<"visual" | "acoustic" | "emotion", ModalityScore>;
    const perception = perceptionReward(scores, options.perception).value;
    const terms = { accuracy: R_acc, format: R_fmt, perception };
    return { scores, terms, reward: combineReward(terms, options) };
  }
  const rollouts = Object.values(example.inputs.rollouts).map(score);

  it("scores every rollout", () => {
    expect(rollouts).toHaveLength(4);
    for (const [i, expected] of example.outputs.rollouts.entries()) {
      const actual = rollouts[i]!;
      expect(actual.terms.perception).toBeCloseTo(expected.R_opr, 9);
      expect(actual.reward).toBeCloseTo(expected.R_total, 9);
      for (const modality of ["visual", "acoustic", "emotion"] as const) {
        const wanted = expected.per_modality[modality]!;
        expect(actual.scores[modality].recall).toBeCloseTo(wanted.recall, 9);
        expect(actual.scores[modality].guard).toBeCloseTo(wanted.guard, 9);
        expect(actual.scores[modality].score).toBeCloseTo(wanted.score, 9);
        expect(actual.scores[modality].matches.map(({ cue, claim }) => [cue, claim])).toEqual(
          wanted.pairs,
        );
      }
    }
  });

  it("turns them into advantages", () => {
    const rewards = rollouts.map(({ reward }) => reward);
    const outputs = example.outputs;
    const close = (actual: number[], wanted: number[]) =>
      actual.forEach((value, i) => {
        expect(Math.abs(value - wanted[i]!)).toBeLessThan(1e-9);
      });
    const of = (normalise: "floor" | "none" | "z-score") =>
      groupAdvantages(rewards, { normalise, stdFloor: 0.1 });
    close(of("none"), outputs.adv_no_std);
    close(of("floor"), outputs.adv_std_floor_0p1);
    close(of("z-score"), outputs.adv_grpo_std);
    close(
      gdpoGroup(
        rollouts.map(({ terms }) => terms),
        options,
      ),
      outputs.adv_per_component_before_batch_whitening,
    );
  });
});

function readExample() {
  const { examples } = JSON.parse(readFileSync(file, "utf8")) as { examples: { id: string }[] };
  return examples.find(({ id }) => id.startsWith("11_")) as unknown as {
    inputs: { rollouts: Record<string, Rollout> };
    outputs: {
      rollouts: Expected[];
      adv_no_std: number[];
      adv_std_floor_0p1: number[];
      adv_grpo_std: number[];
      adv_per_component_before_batch_whitening: number[];
    };
  };
}
