import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readJson, writeJson } from "../src/core/files.ts";
import { silent } from "../src/core/progress.ts";
import { Rng } from "../src/core/rng.ts";
import { decomposeReference } from "../src/cues/decompose.ts";
import { omniPerceptionObjective } from "../src/loss/objective.ts";
import type { LossConfig } from "../src/loss/options.ts";
import { resolveLossOptions } from "../src/loss/presets.ts";
import type { LossSample, WholeRows } from "../src/loss/sample.ts";
import type { Datum } from "../src/policy/port.ts";
import type { Prompt } from "../src/prompt/prompt.ts";
import { WordTokenizer } from "../src/prompt/tokenizer.ts";
import { rewardOptions } from "../src/rewards/options.ts";
import { createScorer } from "../src/rewards/scorer.ts";
import { systemLayout } from "../src/runs/layout.ts";
import type { Embedder } from "../src/similarity/port.ts";
import { maskOptions, rlOptions } from "../src/trainer/options.ts";
import type { Group, TrainingRollout } from "../src/trainer/rollout.ts";
import type { RlRun } from "../src/trainer/run.ts";
import { prepare, update } from "../src/trainer/step.ts";
import { LinearPolicy } from "./fakes/linear-policy.ts";

const folder = mkdtempSync(join(tmpdir(), "oppo-printed-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const texts = [
  "<think>A broad smile, a loud voice.</think><answer>joy</answer>",
  "<think>A broad frown, a zebra.</think><answer>fear</answer>",
];
const tokenizer = WordTokenizer.fromTexts(texts);
const reference = decomposeReference("In the video, broad smile. In the audio, loud voice.");

/** Texts are alike where they share a word of the reference's cues. */
const embedder: Embedder = {
  id: "words",
  embed: async (all) =>
    all.map((text) => {
      const at = ["broad", "voice"].findIndex((word) => text.toLowerCase().includes(word));
      return Float32Array.from([0, 1, 2], (i) => (i === (at < 0 ? 2 : at) ? 1 : 0));
    }),
};

const stream = (...values: number[]) => ({
  features: Float32Array.from(values),
  tokens: values.length,
  dim: 1,
  attended: true,
});
const prompt: Prompt = {
  id: "clip",
  text: [],
  video: stream(1, -0.5, 2, 0.3),
  audio: stream(-1, 0.7, 0.2, -2),
};

async function rolloutsOf(loss: LossConfig) {
  const policy = new LinearPolicy(tokenizer.size, { eos: tokenizer.eos, seed: "printed" });
  const reward = rewardOptions.parse({ form: "paper", advantages: { normalise: "z-score" } });
  const scorer = createScorer({ embedder, calibration: { low: 0.5, high: 0.9 }, options: reward });
  const example = { id: "clip", prompt, reference, labels: ["joy"] };
  const run: RlRun = {
    name: "printed",
    policy,
    tokenizer,
    examples: [example],
    scorer,
    options: rlOptions.parse({ prompts: 1, group: 2 }),
    mask: maskOptions.parse({ mode: "ratio", passes: "both" }),
    loss: resolveLossOptions({ ...loss, reference: { weight: 0 } }),
    reward,
    seed: 3,
    layout: systemLayout(folder),
    progress: silent,
    notice: () => {},
  };
  const scored = await scorer.score(
    texts.map((response) => ({ response, reference, labels: ["joy"] })),
  );
  const group: Group = await Promise.all(
    texts.map(async (text, index) => {
      const tokens = Int32Array.from([...tokenizer.encode(text).ids, tokenizer.eos]);
      const [logprobs] = await policy.logprobs([{ prompt, tokens }]);
      const completion = { tokens, logprobs: logprobs!, stop: "eos" as const };
      return { example, completion, ...tokenizer.decode(tokens), scored: scored[index]! };
    }),
  );
  return { run, policy, rollouts: await prepare(run, [group], 0) };
}

/** The objective at the policy's weights, every pass read in full and at every row. */
async function objectiveAt(policy: LinearPolicy, run: RlRun, rollouts: TrainingRollout[]) {
  const samples = await Promise.all(
    rollouts.map(
      async ({ advantage, claims, clauses, completion, hidden }): Promise<LossSample> => {
        const { tokens } = completion;
        const whole = [...tokens.keys()];
        const read = async (own: Prompt | undefined) => {
          if (!own) return undefined;
          const datum: Datum = { prompt: own, tokens, whole };
          const [read] = await policy.distributions([datum]);
          const { logprobs, rows: values } = read!;
          const rows: WholeRows = { positions: whole, vocabulary: tokenizer.size, values };
          return { logprobs, rows };
        };
        const full = (await read(prompt))!;
        const passes = {
          video: await read(hidden.video?.prompt),
          audio: await read(hidden.audio?.prompt),
          both: await read(hidden.both?.prompt),
        };
        const made = Object.entries(passes).flatMap(([pass, own]) =>
          own ? [[pass, own] as const] : [],
        );
        return {
          advantage,
          claims,
          clauses: clauses!,
          full: full.logprobs,
          sampled: completion.logprobs,
          ...Object.fromEntries(made.map(([pass, own]) => [pass, own.logprobs])),
          whole: {
            full: full.rows,
            ...Object.fromEntries(made.map(([pass, own]) => [pass, own.rows])),
          },
        };
      },
    ),
  );
  return omniPerceptionObjective(samples, run.loss).loss;
}

describe("a step of the printed loss", () => {
  it.each([
    ["as printed", { preset: "paper" }],
    [
      "mean, full pass alone",
      { preset: "paper", paper: { reduce: "mean", maskedGradient: false } },
    ],
    ["k3 through both passes", { preset: "paper", paper: { estimator: "k3" } }],
    [
      "every token, both streams hidden at once",
      { preset: "paper", paper: { tokens: "together" } },
    ],
  ] satisfies [string, LossConfig][])(
    "moves the weights down the objective's own slope, by finite differences: %s",
    async (_, config) => {
      const loss = {
        ...config,
        paper: { weight: 20, ...("paper" in config ? config.paper : {}) },
      };
      const { run, policy, rollouts } = await rolloutsOf(loss);
      expect(rollouts[0]!.clauses!.map(({ modality }) => modality)).toEqual(["visual", "acoustic"]);
      expect(rollouts[1]!.clauses!.map(({ modality }) => modality)).toEqual(["visual"]);
      await policy.save(folder);
      const file = join(folder, "linear.json");
      const before = readJson<{ weights: number[] }>(file).weights;
      const { result } = await update(policy, rollouts, run.loss, {}, { learningRate: 1 }, true);
      expect(result.loss).toBeCloseTo(await reloaded(before), 3);
      await policy.load(folder);
      await update(policy, rollouts, run.loss, {}, { learningRate: 1 }, true);
      await policy.save(folder);
      const slopes = readJson<{ weights: number[] }>(file).weights.map((w, i) => before[i]! - w);

      async function reloaded(weights: readonly number[]): Promise<number> {
        writeJson(file, { weights, steps: 0 });
        await policy.load(folder);
        return objectiveAt(policy, run, rollouts);
      }
      const steep = [...slopes.keys()].sort((a, b) => Math.abs(slopes[b]!) - Math.abs(slopes[a]!));
      const chosen = [...steep.slice(0, 12), ...new Rng("some").shuffle(steep).slice(0, 12)];
      const h = 3e-3;
      // With a masked pass that doesn't learn, the objective's slope has that pass held fixed.
      if (!run.loss.paper.maskedGradient) return expect(slopes.some((s) => s !== 0)).toBe(true);
      for (const at of chosen) {
        const nudged = (by: number) => before.map((w, i) => (i === at ? w + by : w));
        const difference = ((await reloaded(nudged(h))) - (await reloaded(nudged(-h)))) / (2 * h);
        expect(Math.abs(slopes[at]! - difference)).toBeLessThan(5e-3 + 0.01 * Math.abs(difference));
      }
      expect(Math.abs(slopes[steep[0]!]!)).toBeGreaterThan(0.3);
    },
  );

  it("reads each pass once, log-probs and rows together; on new weights, not the sampled ones", async () => {
    const { run, policy, rollouts } = await rolloutsOf({ preset: "paper" });
    const calls: (readonly Datum[])[] = [];
    const distributions = policy.distributions.bind(policy);
    Object.assign(policy, {
      backward: async () => rollouts.map(({ completion }) => completion.logprobs),
      distributions: (batch: readonly Datum[]) => {
        calls.push(batch);
        return distributions(batch);
      },
    });
    const step = (fresh: boolean) =>
      update(policy, rollouts, run.loss, {}, { learningRate: 0 }, fresh);
    await step(true);
    await step(false);
    // two rollouts in full and with each stream hidden
    expect(calls.map((batch) => batch.length)).toEqual([6, 6]);
    const [sampled, read] = calls.map((batch) => batch.slice(0, 2));
    expect(sampled!.map((datum) => datum.read)).toEqual([[], []]);
    expect(read!.map((datum) => datum.read)).toEqual([undefined, undefined]);
    for (const [at, { clauses }] of rollouts.entries()) {
      const tokens = new Set(clauses!.flatMap(({ heads }) => heads));
      expect(new Set(sampled![at]!.whole)).toEqual(tokens);
      expect(new Set(read![at]!.whole)).toEqual(tokens);
    }
  });

  it("takes rows of the full pass from sampling where it kept chances, to the same loss", async () => {
    const { run, policy, rollouts } = await rolloutsOf({ preset: "paper" });
    const step = (some: TrainingRollout[], fresh = true) =>
      update(policy, some, run.loss, {}, { learningRate: 0 }, fresh);
    const expected = await step(rollouts);
    const calls: (readonly Datum[])[] = [];
    const distributions = policy.distributions.bind(policy);
    Object.assign(policy, {
      distributions: (batch: readonly Datum[]) => {
        calls.push(batch);
        return distributions(batch);
      },
    });
    const data = rollouts.map(({ completion: { tokens } }) => ({
      prompt,
      tokens,
      whole: [...tokens.keys()],
    }));
    const read = await distributions(data);
    const kept = rollouts.map((rollout, at) => {
      const chances = read[at]!.rows.map(Math.exp);
      return { ...rollout, completion: { ...rollout.completion, chances } };
    });
    const { result } = await step(kept);
    expect(result.loss).toBeCloseTo(expected.result.loss, 5);
    expect(result.metrics["paper/divergence"]).toBeCloseTo(
      expected.result.metrics["paper/divergence"]!,
      5,
    );
    // chances are of the weights that sampled, and serve those alone
    await step(kept, false);
    expect(calls.map((batch) => batch.length)).toEqual([4, 6]);
  });

  it("tells an engine without whole rows what to set", async () => {
    const { run, policy, rollouts } = await rolloutsOf({ preset: "paper" });
    Object.assign(policy, { capabilities: { wholeVocabulary: false } });
    await expect(update(policy, rollouts, run.loss, {}, { learningRate: 1 }, true)).rejects.toThrow(
      /knows sampled tokens only.*set it to k1 or k3/,
    );
  });

  it.each<LossConfig>([
    { preset: "paper" },
    {
      counterfactual: { sensitivity: 0.05 },
      evidence: { terms: { paper: "own", counterfactual_sensitivity: "reference" } },
    },
  ])("refuses clause evidence from a scorer that read no clauses: %j", async (loss) => {
    const { run } = await rolloutsOf(loss);
    const reward = rewardOptions.parse({});
    const scorer = createScorer({
      embedder,
      calibration: { low: 0.5, high: 0.9 },
      options: reward,
    });
    const scored = await scorer.score(
      texts.map((response) => ({ response, reference, labels: ["joy"] })),
    );
    const tokens = Int32Array.of(tokenizer.eos);
    const completion = { tokens, logprobs: Float32Array.of(-1), stop: "eos" as const };
    const group = scored.map((each) => ({
      example: run.examples[0]!,
      completion,
      ...tokenizer.decode(tokens),
      scored: each,
    }));
    await expect(prepare({ ...run, reward, scorer }, [group], 0)).rejects.toThrow(
      /the scorer read no clauses.*make the scorer with clauses: true/,
    );
    const own = resolveLossOptions({ ...loss, evidence: { selector: "own", terms: {} } });
    await expect(prepare({ ...run, reward, scorer, loss: own }, [group], 0)).resolves.toHaveLength(
      texts.length,
    );
  });
});
