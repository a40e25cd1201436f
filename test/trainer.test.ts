import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readJsonl } from "../src/core/jsonl.ts";
import { silent } from "../src/core/progress.ts";
import { decomposeReference } from "../src/cues/decompose.ts";
import { resolveLossOptions } from "../src/loss/presets.ts";
import type { Prompt } from "../src/prompt/prompt.ts";
import { WordTokenizer } from "../src/prompt/tokenizer.ts";
import { rewardOptions } from "../src/rewards/options.ts";
import { createScorer } from "../src/rewards/scorer.ts";
import { systemLayout } from "../src/runs/layout.ts";
import { type RolloutRow, readMetrics } from "../src/runs/record.ts";
import type { Embedder } from "../src/similarity/port.ts";
import { maskOptions, rlOptions, sftOptions } from "../src/trainer/options.ts";
import type { RlRun } from "../src/trainer/run.ts";
import { trainSft } from "../src/trainer/sft.ts";
import { trainRl } from "../src/trainer/train.ts";
import { LinearPolicy } from "./fakes/linear-policy.ts";

const good =
  "<think>In the video, broad smile. In the audio, loud voice. It is joy.</think><answer>joy</answer>";
const bad =
  "<think>In the video, open mouth. In the audio, slow speech. It is fear.</think><answer>fear</answer>";
const tokenizer = WordTokenizer.fromTexts([good, bad]);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "oppo-trainer-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function prompt(index: number): Prompt {
  const stream = (value: number) => ({
    features: Float32Array.of(value, -value / 2),
    tokens: 2,
    dim: 1,
    attended: true,
  });
  return {
    id: `clip-${index}`,
    text: [],
    video: stream(Math.sin(index)),
    audio: stream(Math.cos(index)),
  };
}

/** Equal texts are alike, all others orthogonal enough. */
const embedder: Embedder = {
  id: "letters",
  embed: async (texts) =>
    texts.map((text) => {
      const vector = new Float32Array(64);
      for (const [at, letter] of [...text].entries())
        vector[(letter.charCodeAt(0) * 7 + at) % 64]! += 1;
      const norm = Math.hypot(...vector);
      return vector.map((value) => value / norm);
    }),
};

async function coldPolicy(options: { deaf?: boolean } = {}): Promise<LinearPolicy> {
  const policy = new LinearPolicy(tokenizer.size, { eos: tokenizer.eos, ...options });
  await trainSft({
    policy,
    tokenizer,
    demonstrations: Array.from({ length: 8 }, (_, index) => ({
      id: `clip-${index}`,
      prompt: prompt(index),
      responses: [index % 2 === 0 ? good : bad],
    })),
    options: sftOptions.parse({ epochs: 60, batch: 8, learningRate: 8, warmupSteps: 0 }),
    seed: 1,
    layout: systemLayout(join(folder, "cold")),
    progress: silent,
    notice: () => {},
  });
  return policy;
}

function rlRun(policy: LinearPolicy, name: string, changes: Partial<RlRun> = {}): RlRun {
  const reward = rewardOptions.parse({});
  return {
    name,
    policy,
    tokenizer,
    examples: Array.from({ length: 8 }, (_, index) => ({
      id: `clip-${index}`,
      prompt: prompt(index),
      reference: decomposeReference(good),
      labels: ["joy"],
    })),
    scorer: createScorer({ embedder, calibration: { low: 0.5, high: 0.9 }, options: reward }),
    options: rlOptions.parse({
      steps: 6,
      prompts: 4,
      group: 4,
      learningRate: 2,
      checkpointEvery: 2,
    }),
    mask: maskOptions.parse({}),
    loss: resolveLossOptions({ preset: "oppo-swap" }),
    reward,
    seed: 1,
    layout: systemLayout(join(folder, name)),
    progress: silent,
    notice: () => {},
    ...changes,
  };
}

describe("supervised cold start", () => {
  it("lowers the loss and leaves finished weights", async () => {
    await coldPolicy();
    const layout = systemLayout(join(folder, "cold"));
    const rows = readMetrics(layout);
    expect(rows).toHaveLength(60);
    expect(rows.at(-1)!.loss!).toBeLessThan(0.5 * rows[0]!.loss!);
    expect(existsSync(layout.final)).toBe(true);
  });

  it("killed and resumed gives the same weights as undisturbed", async () => {
    const told: string[] = [];
    const train = async (name: string, stopAt?: number) => {
      const policy = new LinearPolicy(tokenizer.size, { eos: tokenizer.eos });
      await trainSft({
        policy,
        tokenizer,
        demonstrations: Array.from({ length: 8 }, (_, index) => ({
          id: `clip-${index}`,
          prompt: prompt(index),
          responses: [good, bad],
        })),
        options: sftOptions.parse({ epochs: 4, batch: 4, featureNoise: 0.1, checkpointEvery: 3 }),
        seed: 1,
        layout: systemLayout(join(folder, name)),
        progress: ({ done }) => {
          if (done === stopAt) throw new Error("killed");
        },
        notice: (message) => told.push(message),
      });
      return readFileSync(join(systemLayout(join(folder, name)).final, "linear.json"), "utf8");
    };
    const whole = await train("whole-sft");
    await expect(train("killed-sft", 5)).rejects.toThrow("killed");
    expect(told).toEqual([]);
    expect(await train("killed-sft")).toBe(whole);
    expect(told).toEqual(["cold start: resumed at step 4 of 8"]);
  });

  it("refuses a corpus smaller than a batch", async () => {
    const policy = new LinearPolicy(tokenizer.size, { eos: tokenizer.eos });
    const run = trainSft({
      policy,
      tokenizer,
      demonstrations: [{ id: "a", prompt: prompt(0), responses: [good] }],
      options: sftOptions.parse({}),
      seed: 1,
      layout: systemLayout(join(folder, "few")),
      progress: silent,
      notice: () => {},
    });
    await expect(run).rejects.toThrow(
      "1 demonstrations do not fill a batch of 64 (set sft.batch to 1 or less",
    );
  });
});

describe("reinforcement learning", () => {
  it("raises the reward", async () => {
    const policy = await coldPolicy();
    const run = rlRun(policy, "learns", {
      options: rlOptions.parse({ steps: 60, prompts: 4, group: 8, learningRate: 8 }),
      loss: resolveLossOptions({ preset: "none" }),
    });
    await trainRl(run);
    const rewards = readMetrics(run.layout).map((row) => row.reward!);
    const average = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    expect(average(rewards.slice(-8))).toBeGreaterThan(average(rewards.slice(0, 8)) + 0.1);
  });

  it("killed and resumed gives the same weights and rows as undisturbed", async () => {
    await coldPolicy();
    const cold = systemLayout(join(folder, "cold")).final;
    const whole = rlRun(new LinearPolicy(tokenizer.size, { eos: tokenizer.eos }), "whole");
    await whole.policy.load(cold);
    await trainRl(whole);

    const killed = rlRun(new LinearPolicy(tokenizer.size, { eos: tokenizer.eos }), "killed");
    await killed.policy.load(cold);
    const kill = trainRl({
      ...killed,
      progress: ({ done }) => {
        if (done === 5) throw new Error("killed");
      },
    });
    await expect(kill).rejects.toThrow("killed");
    const told: string[] = [];
    const resumed = {
      ...killed,
      policy: new LinearPolicy(tokenizer.size, { eos: tokenizer.eos }),
      notice: (message: string) => told.push(message),
    };
    await trainRl(resumed);
    expect(told).toEqual(["killed: resumed at step 5 of 6"]);

    const read = (run: RlRun) => readFileSync(join(run.layout.final, "linear.json"), "utf8");
    expect(read(resumed)).toBe(read(whole));
    const rows = (run: RlRun) => readMetrics(run.layout).map(({ seconds, ...row }) => row);
    expect(rows(resumed)).toEqual(rows(whole));
    expect(rows(whole)).toHaveLength(6);
  });

  it.each([
    "paper",
    "paper-papo",
    "paper-papo-dual",
    "paper-released",
    "bonus-evidence",
    "bonus-all",
    "robust",
    "attrib",
    "oppo-swap",
  ] as const)("preset %s trains other weights than plain GRPO", async (preset) => {
    await coldPolicy();
    const cold = systemLayout(join(folder, "cold")).final;
    const plainLoss = resolveLossOptions({ preset: "none" });
    const calibration = { low: 0.5, high: 0.9 };
    const reward = rewardOptions.parse({});
    const weights = async (name: string, loss: RlRun["loss"]) => {
      const mask = maskOptions.parse({ mode: "drop" });
      const run = rlRun(new LinearPolicy(tokenizer.size, { eos: tokenizer.eos }), name, {
        loss: {
          ...loss,
          surrogate: plainLoss.surrogate,
          reference: { ...loss.reference, weight: 0 },
        },
        mask,
        scorer: createScorer({ embedder, calibration, options: reward, clauses: true }),
      });
      await run.policy.load(cold);
      await trainRl(run);
      return readFileSync(join(run.layout.final, "linear.json"), "utf8");
    };
    const controller = { warmupSteps: 1, warmupFormatRate: 0 };
    const plain = await weights("plain", plainLoss);
    expect(await weights(preset, resolveLossOptions({ preset, controller }))).not.toBe(plain);
  });

  it("stops when the policy does not hear", async () => {
    const policy = await coldPolicy({ deaf: true });
    await expect(trainRl(rlRun(policy, "deaf"))).rejects.toThrow(
      /hiding the audio changes log-probs by 0 nats/,
    );
  });

  it("stops when every reward is the same", async () => {
    const policy = await coldPolicy();
    const reward = rewardOptions.parse({ weights: { accuracy: 0, format: 0, perception: 0 } });
    const run = rlRun(policy, "constant", {
      reward,
      scorer: createScorer({ embedder, calibration: { low: 0.5, high: 0.9 }, options: reward }),
    });
    await expect(trainRl(run)).rejects.toThrow(/every advantage is zero/);
  });

  it("stops when completions are empty", async () => {
    const policy = await coldPolicy();
    const empty: Partial<LinearPolicy> = {
      sample: async (prompts, options) =>
        prompts.map(() =>
          Array.from({ length: options.samplesPerPrompt }, () => ({
            tokens: Int32Array.of(tokenizer.eos),
            logprobs: Float32Array.of(-1),
            stop: "eos" as const,
          })),
        ),
    };
    const guards = { canaryEffect: 0, samplerGap: 1000 };
    const run = rlRun(Object.assign(policy, empty), "empty", {
      options: rlOptions.parse({ steps: 2, prompts: 4, group: 4, guards }),
    });
    await expect(trainRl(run)).rejects.toThrow(/100 % of the completions are empty/);
  });

  it("stops when sampler and trainer disagree on the same weights", async () => {
    const policy = await coldPolicy();
    const honest = policy.sample.bind(policy);
    const skewed: Partial<LinearPolicy> = {
      sample: async (prompts, options) =>
        (await honest(prompts, options)).map((group) =>
          group.map((completion) => ({
            ...completion,
            logprobs: completion.logprobs.map((value) => value - 0.5),
          })),
        ),
    };
    await expect(trainRl(rlRun(Object.assign(policy, skewed), "skewed"))).rejects.toThrow(
      /sampler and trainer disagree by 0\.5/,
    );
  });

  it.each(["swap", "blank", "noise", "drop"] as const)("trains under %s masks", async (mode) => {
    const policy = await coldPolicy();
    const blank = { video: Float32Array.of(0), audio: Float32Array.of(0) };
    const run = rlRun(policy, mode, { mask: maskOptions.parse({ mode }), blank });
    await trainRl(run);
    const rows = readMetrics(run.layout);
    expect(rows.every((row) => row["loss/counterfactual_invariance"]! > 0)).toBe(true);
  });

  it("dynamic sampling replaces groups whose rewards are all alike", async () => {
    const shares = async (enabled: boolean) => {
      const policy = await coldPolicy();
      const run = rlRun(policy, `dynamic-${enabled}`, {
        options: rlOptions.parse({
          steps: 4,
          prompts: 3,
          group: 2,
          dynamicSampling: { enabled, tries: 8 },
        }),
        loss: resolveLossOptions({ preset: "none" }),
        // Only the answer counts, so that many groups of two agree.
        scorer: createScorer({
          embedder,
          calibration: { low: 0.5, high: 0.9 },
          options: rewardOptions.parse({ weights: { perception: 0 }, formatGate: false }),
        }),
      });
      await trainRl(run);
      const rows = readMetrics(run.layout);
      return rows.reduce((sum, row) => sum + row.informativeGroups!, 0) / rows.length;
    };
    const plain = await shares(false);
    const dynamic = await shares(true);
    expect(dynamic).toBeGreaterThan(plain);
    expect(dynamic).toBe(1);
  });

  it("leaves the offending rollouts on record when a guard stops the run", async () => {
    const policy = await coldPolicy();
    const reward = rewardOptions.parse({ weights: { accuracy: 0, format: 0, perception: 0 } });
    const run = rlRun(policy, "recorded", {
      reward,
      scorer: createScorer({ embedder, calibration: { low: 0.5, high: 0.9 }, options: reward }),
      options: rlOptions.parse({ steps: 9, prompts: 2, group: 3, rolloutsEvery: 100 }),
    });
    await expect(trainRl(run)).rejects.toThrow(/step 5: no group/);
    const rows = readJsonl<RolloutRow>(run.layout.rollouts).filter(({ step }) => step === 5);
    expect(rows.map(({ group }) => group)).toEqual([0, 0, 0, 1, 1, 1]);
    expect(Object.keys(rows[0]!.terms)).toEqual(["accuracy", "format", "perception"]);
  });

  it("takes several updates on one rollout batch", async () => {
    const policy = await coldPolicy();
    const run = rlRun(policy, "twice", {
      options: rlOptions.parse({ steps: 2, prompts: 4, group: 4, updatesPerBatch: 2 }),
    });
    await trainRl(run);
    expect(readMetrics(run.layout)).toHaveLength(2);
  });
});
