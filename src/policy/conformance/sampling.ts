import assert from "node:assert/strict";
import { type Check, close, datum, sampling } from "./check.ts";

/** `sample`: right log-probs, seeds, greedy. */
export const samplingChecks: Readonly<Record<string, Check>> = {
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
};

function argmax(values: readonly number[]): number {
  return values.indexOf(Math.max(...values));
}
