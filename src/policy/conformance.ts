/**
 * What every policy must do, as one suite that each adapter's test runs. It asks only what the port says,
 * so it needs no knowledge of weights: derivatives are checked by stepping the policy itself.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PolicyError } from "../core/errors.ts";
import { Rng } from "../core/rng.ts";
import { maskPrompt } from "../prompt/mask.ts";
import type { Prompt } from "../prompt/prompt.ts";
import type { Datum, Policy } from "./port.ts";

/** `describe` and `it` of the test runner. */
export interface TestRunner {
  describe(name: string, body: () => void): void;
  it(name: string, body: () => Promise<void>): void;
}

/** What the suite needs from an adapter's test. */
export interface PolicyUnderTest {
  /** A new policy with the same initial weights at every call. */
  make(): Promise<Policy>;
  /** Prompt number `index`, of the shape the policy was made for; different indices, different streams. */
  prompt(index: number): Prompt;
  vocabulary: number;
  /** The policy's longest completion. */
  maxTokens: number;
  /** Largest difference of log-probs that counts as equal. */
  tolerance: number;
}

/** Runs the suite. Each check makes its own policy and closes it. */
export function policyConformance(runner: TestRunner, name: string, test: PolicyUnderTest): void {
  runner.describe(`${name} conforms to the policy port`, () => {
    for (const [title, check] of Object.entries(checks)) {
      runner.it(title, async () => {
        const policy = await test.make();
        try {
          await check(policy, test);
        } finally {
          await policy.close();
        }
      });
    }
  });
}

type Check = (policy: Policy, test: PolicyUnderTest) => Promise<void>;

const sampling = { samplesPerPrompt: 3, maxTokens: 6, temperature: 1, seed: "conformance" };
const adam = { learningRate: 0.01 };
/** With so large an epsilon Adam is plain descent at the rate learningRate / epsilon. */
const descent = 1e6;

const checks: Record<string, Check> = {
  "gives every sample the log-probs that logprobs gives it": async (policy, test) => {
    const prompts = [test.prompt(0), test.prompt(1)];
    const samples = await policy.sample(prompts, sampling);
    const batch = prompts.flatMap((prompt, index) =>
      (samples[index] ?? []).map(({ tokens }) => ({ prompt, tokens })),
    );
    assert.equal(batch.length, 6);
    const again = await policy.logprobs(batch);
    samples.flat().forEach(({ logprobs, tokens, stop }, index) => {
      close(logprobs, again[index] as Float32Array, test.tolerance);
      assert.ok(stop === "eos" || tokens.length === sampling.maxTokens);
    });
  },

  "samples the same tokens for the same seed, others for another": async (policy, test) => {
    const tokens = async (seed: string): Promise<number[][]> =>
      (await policy.sample([test.prompt(0)], { ...sampling, seed }))
        .flat()
        .map((s) => [...s.tokens]);
    assert.deepEqual(await tokens("a"), await tokens("a"));
    assert.notDeepEqual(await tokens("a"), await tokens("b"));
  },

  "samples a prompt alike alone and beside others": async (policy, test) => {
    const [alone] = await policy.sample([test.prompt(0)], sampling);
    const [beside] = await policy.sample([0, 1, 2].map(test.prompt), sampling);
    assert.deepEqual(
      alone?.map((s) => [...s.tokens]),
      beside?.map((s) => [...s.tokens]),
    );
  },

  "takes the likeliest token at temperature 0, whatever the seed": async (policy, test) => {
    const greedy = async (seed: string): Promise<number[][]> =>
      (await policy.sample([test.prompt(0)], { ...sampling, temperature: 0, seed }))
        .flat()
        .map((sample) => [...sample.tokens]);
    const [first, second] = await greedy("a");
    assert.deepEqual(first, second);
    assert.deepEqual([first, second, first], await greedy("b"));
    const one = await policy.logprobs(
      Array.from({ length: test.vocabulary }, (_, id) => datum(test.prompt(0), [id])),
    );
    const best = argmax(one.map(([logprob]) => logprob as number));
    assert.equal(first?.[0], best);
  },

  "makes next-token probabilities that sum to 1": async (policy, test) => {
    const all = Array.from({ length: test.vocabulary }, (_, id) => datum(test.prompt(0), [1, id]));
    const logprobs = await policy.logprobs(all);
    const total = logprobs.reduce((sum, row) => sum + Math.exp(row[1] as number), 0);
    assert.ok(Math.abs(total - 1) < 1e-3, `sum is ${total}`);
  },

  "gives a token a log-prob that later tokens do not change": async (policy, test) => {
    const [short, long] = await policy.logprobs([
      datum(test.prompt(0), [1, 2]),
      datum(test.prompt(0), [1, 2, 3, 4]),
    ]);
    close(short as Float32Array, (long as Float32Array).subarray(0, 2), test.tolerance);
  },

  "gives a datum the same log-probs in any batch and order": async (policy, test) => {
    const batch = someBatch(test);
    const together = await policy.logprobs(batch);
    const reversed = (await policy.logprobs([...batch].reverse())).reverse();
    for (const [index, one] of batch.entries()) {
      const [alone] = await policy.logprobs([one]);
      close(alone as Float32Array, together[index] as Float32Array, test.tolerance);
      close(reversed[index] as Float32Array, together[index] as Float32Array, test.tolerance);
    }
  },

  "returns from backward the log-probs of logprobs": async (policy, test) => {
    const batch = someBatch(test);
    const plain = await policy.logprobs(batch);
    const passed = await policy.backward(batch, constant(batch, 0.5));
    passed.forEach((row, index) => {
      close(row, plain[index] as Float32Array, test.tolerance);
    });
  },

  "differentiates: a small step lowers Σ g·logp by rate · ‖gradient‖²": async (policy, test) => {
    const batch = someBatch(test);
    const gradient = randomGradient(batch, "weights");
    const value = async (): Promise<number> => weigh(await policy.logprobs(batch), gradient);
    const before = await value();
    await policy.backward(batch, gradient);
    const { gradientNorm } = await policy.step({ learningRate: 0, epsilon: descent });
    const fall = 0.02;
    await policy.backward(batch, gradient);
    // moments hold two equal gradients by now, so bias correction makes their mean exact
    const learningRate = (fall / gradientNorm ** 2) * descent;
    await policy.step({ learningRate, epsilon: descent });
    const measured = before - (await value());
    assert.ok(gradientNorm > 0);
    assert.ok(Math.abs(measured / fall - 1) < 0.05, `fell by ${measured}, expected ${fall}`);
  },

  "differentiates: slopes along two gradients are symmetric": async (_policy, test) => {
    // a step against ∇g lowers f at the slope ⟨∇f, ∇g⟩, which is the same with f and g exchanged
    const batch = someBatch(test);
    const f = randomGradient(batch, "f");
    const g = randomGradient(batch, "g");
    const slope = async (watched: Float32Array[], moved: Float32Array[]): Promise<number[]> => {
      const fresh = await test.make();
      try {
        const before = weigh(await fresh.logprobs(batch), watched);
        await fresh.backward(batch, moved);
        const { gradientNorm } = await fresh.step({ learningRate: 0 });
        await fresh.backward(batch, moved);
        const rate = 0.02 / gradientNorm ** 2;
        await fresh.step({ learningRate: rate * descent, epsilon: descent });
        return [(before - weigh(await fresh.logprobs(batch), watched)) / rate, gradientNorm];
      } finally {
        await fresh.close();
      }
    };
    const [fromG = 0, normG = 0] = await slope(f, g);
    const [fromF = 0, normF = 0] = await slope(g, f);
    assert.ok(Math.abs(fromG) > 0);
    const off = Math.abs(fromG - fromF) / (normF * normG);
    assert.ok(off < 0.02, `${fromG} and ${fromF}, norms ${normF} and ${normG}`);
  },

  "accumulates gradients over calls and masked prompts alike": async (policy, test) => {
    const batch = someBatch(test);
    const gradient = randomGradient(batch, "sum");
    await policy.backward(batch, gradient);
    const whole = await policy.step({ learningRate: 0 });
    for (const [index, one] of batch.entries()) {
      await policy.backward([one], [gradient[index] as Float32Array]);
    }
    const parts = await policy.step({ learningRate: 0 });
    assert.ok(Math.abs(whole.gradientNorm / parts.gradientNorm - 1) < 1e-3);
  },

  "learns: steps on one completion make it likelier": async (policy, test) => {
    const batch = [datum(test.prompt(0), [1, 2, 3, 4])];
    const total = (rows: Float32Array[]): number => weigh(rows, constant(batch, 1));
    const before = total(await policy.logprobs(batch));
    for (let i = 0; i < 5; i++) {
      await policy.backward(batch, constant(batch, -1));
      await policy.step(adam);
    }
    assert.ok(total(await policy.logprobs(batch)) > before + 1);
  },

  "hides a dropped stream: its content no longer matters": async (policy, test) => {
    for (const modality of ["video", "audio"] as const) {
      const prompt = test.prompt(0);
      const other = { ...prompt, [modality]: test.prompt(1)[modality] };
      const tokens = [1, 2, 3];
      const [seen, dropped, otherDropped] = await policy.logprobs([
        datum(prompt, tokens),
        datum(maskPrompt(prompt, modality, "drop"), tokens),
        datum(maskPrompt(other, modality, "drop"), tokens),
      ]);
      close(dropped as Float32Array, otherDropped as Float32Array, test.tolerance);
      far(seen as Float32Array, dropped as Float32Array, 10 * test.tolerance);
    }
  },

  "sees a swapped stream: log-probs change with the donor": async (policy, test) => {
    for (const modality of ["video", "audio"] as const) {
      const prompt = test.prompt(0);
      const [seen, swapped] = await policy.logprobs([
        datum(prompt, [1, 2, 3]),
        datum(maskPrompt(prompt, modality, "swap", { donor: test.prompt(1) }), [1, 2, 3]),
      ]);
      far(seen as Float32Array, swapped as Float32Array, 10 * test.tolerance);
    }
  },

  "leaves the weights alone when the gradient is zero": async (policy, test) => {
    const batch = someBatch(test);
    const before = await policy.backward(batch, constant(batch, 0));
    const report = await policy.step(adam);
    assert.equal(report.gradientNorm, 0);
    assert.equal(report.clipped, false);
    assert.deepEqual(await policy.backward(batch, constant(batch, 0)), before);
  },

  "clips to the norm asked for and reports the norm before": async (policy, test) => {
    const batch = someBatch(test);
    await policy.backward(batch, constant(batch, 1));
    const { gradientNorm, clipped } = await policy.step({ ...adam, clipNorm: 1e-3 });
    assert.ok(gradientNorm > 1e-3);
    assert.equal(clipped, true);
  },

  "continues from a checkpoint bit for bit": async (policy, test) => {
    const folder = mkdtempSync(join(tmpdir(), "oppo-policy-"));
    const loaded = await test.make();
    try {
      await trainOnce(policy, test, 0);
      await policy.save(join(folder, "checkpoint"));
      await trainOnce(loaded, test, 2);
      await loaded.load(join(folder, "checkpoint"));
      for (const one of [policy, loaded]) await trainOnce(one, test, 1);
      const batch = someBatch(test);
      assert.deepEqual(await loaded.logprobs(batch), await policy.logprobs(batch));
      assert.deepEqual(
        await loaded.sample([test.prompt(0)], sampling),
        await policy.sample([test.prompt(0)], sampling),
      );
    } finally {
      await loaded.close();
      rmSync(folder, { recursive: true });
    }
  },

  "gives calls made at once what it gives them one by one": async (policy, test) => {
    const batch = someBatch(test);
    const other = [datum(test.prompt(1), [1, 2, 3])];
    const [a, b, c] = await Promise.all([
      policy.logprobs(batch),
      policy.sample([test.prompt(0)], sampling),
      policy.logprobs(other),
    ]);
    assert.deepEqual(await policy.logprobs(batch), a);
    assert.deepEqual(await policy.sample([test.prompt(0)], sampling), b);
    assert.deepEqual(await policy.logprobs(other), c);
  },

  "refuses to work once closed": async (policy, test) => {
    await policy.close();
    await assert.rejects(policy.logprobs(someBatch(test)), PolicyError);
  },

  "refuses what it cannot compute": async (policy, test) => {
    const batch = someBatch(test);
    const refused = (work: Promise<unknown>): Promise<void> => assert.rejects(work, PolicyError);
    const long = datum(test.prompt(0), Array<number>(test.maxTokens + 1).fill(1));
    await refused(policy.logprobs([]));
    await refused(policy.backward([], []));
    await refused(policy.sample([], sampling));
    await refused(policy.sample([test.prompt(0)], { ...sampling, maxTokens: test.maxTokens + 1 }));
    await refused(policy.logprobs([long]));
    await refused(policy.logprobs([datum(test.prompt(0), [])]));
    await refused(policy.logprobs([datum(test.prompt(0), [test.vocabulary])]));
    await refused(policy.backward(batch, constant(batch, Number.NaN)));
    await refused(policy.backward(batch, constant(batch, 1).slice(1)));
    assert.equal((await policy.step(adam)).gradientNorm, 0);
  },
};

function datum(prompt: Prompt, tokens: number[]): Datum {
  return { prompt, tokens: Int32Array.from(tokens) };
}

/** Completions of unequal length, two of one prompt, one with a hidden stream. */
function someBatch(test: PolicyUnderTest): Datum[] {
  const rng = new Rng("conformance batch");
  const tokens = (length: number): number[] =>
    Array.from({ length }, () => rng.int(test.vocabulary));
  return [
    datum(test.prompt(0), tokens(5)),
    datum(test.prompt(1), tokens(2)),
    datum(test.prompt(0), tokens(4)),
    datum(maskPrompt(test.prompt(0), "audio", "drop"), tokens(3)),
  ];
}

async function trainOnce(policy: Policy, test: PolicyUnderTest, seed: number): Promise<void> {
  const batch = someBatch(test);
  await policy.backward(batch, randomGradient(batch, `train ${seed}`));
  await policy.step({ ...adam, weightDecay: 0.01, clipNorm: 1 });
}

const constant = (batch: readonly Datum[], value: number): Float32Array[] =>
  batch.map(({ tokens }) => new Float32Array(tokens.length).fill(value));

function randomGradient(batch: readonly Datum[], seed: string): Float32Array[] {
  const rng = new Rng(seed);
  return batch.map(({ tokens }) => Float32Array.from(tokens, () => rng.normal()));
}

function weigh(rows: readonly Float32Array[], weights: readonly Float32Array[]): number {
  let total = 0;
  rows.forEach((row, index) => {
    for (let i = 0; i < row.length; i++) {
      total += (row[i] as number) * ((weights[index] as Float32Array)[i] as number);
    }
  });
  return total;
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  assert.equal(a.length, b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] as number))), 0);
}

function close(a: Float32Array, b: Float32Array, tolerance: number): void {
  const difference = largestDifference(a, b);
  assert.ok(difference <= tolerance, `log-probs differ by ${difference}`);
}

function far(a: Float32Array, b: Float32Array, least: number): void {
  const difference = largestDifference(a, b);
  assert.ok(difference > least, `log-probs differ by only ${difference}`);
}

function argmax(values: readonly number[]): number {
  return values.indexOf(Math.max(...values));
}
