/** Contrastive decoding: `sample` with `contrast`, for engines that say they can. */
import assert from "node:assert/strict";
import { PolicyError } from "../../core/errors.ts";
import { maskPrompt } from "../../prompt/masks.ts";
import type { Contrast, Policy } from "../port.ts";
import { type Check, close, datum, type PolicyUnderTest, sampling } from "./check.ts";

export const contrastChecks: Readonly<Record<string, Check>> = {
  "draws nothing but by contrast what it draws without one where α and β are 0": async (
    policy,
    test,
  ) => {
    const [prompts, against] = pairs(test);
    const plain = await policy.sample(prompts, sampling);
    const zero = { prompts: against, alpha: 0, beta: 0 };
    const held = await policy.sample(prompts, { ...sampling, contrast: zero });
    assert.deepEqual(words(held), words(plain));
  },

  "takes at temperature 0 the word that (1 + α) l − α m makes likeliest": async (policy, test) => {
    const [[prompt], [other]] = pairs(test);
    const [own, hidden] = await Promise.all(
      [prompt, other].map((one) => firstWord(policy, test, one!)),
    );
    for (const [alpha, beta] of [
      [4, 0],
      [4, 0.5],
      [1, 0.1],
    ] as const) {
      const contrast = { prompts: [other!], alpha, beta };
      const drawn = await policy.sample([prompt!], {
        ...sampling,
        samplesPerPrompt: 1,
        temperature: 0,
        contrast,
      });
      const least = Math.max(...own!) + Math.log(beta);
      const scores = own!.map((l, id) =>
        l < least ? Number.NEGATIVE_INFINITY : (1 + alpha) * l - alpha * hidden![id]!,
      );
      assert.equal(drawn[0]![0]!.tokens[0], scores.indexOf(Math.max(...scores)));
    }
  },

  "draws no word that the prompt makes less than β times as likely as the likeliest": async (
    policy,
    test,
  ) => {
    const [prompts, against] = pairs(test);
    const beta = 0.6;
    const contrast = { prompts: against, alpha: 2, beta };
    const samples = await policy.sample(prompts, { ...sampling, contrast });
    for (const [at, prompt] of prompts.entries()) {
      for (const { tokens } of samples[at]!) {
        const before = [...tokens.slice(0, -1)];
        const chances = await nextWord(policy, test, prompt, before);
        const drawn = chances[tokens.at(-1)!]!;
        const slack = 1 - 10 * test.tolerance;
        assert.ok(drawn >= beta * Math.max(...chances) * slack, `${drawn} was drawn`);
      }
    }
  },

  "gives words drawn by contrast the log-probs that logprobs gives them": async (policy, test) => {
    const [prompts, against] = pairs(test);
    const contrast = { prompts: against, alpha: 1, beta: 0.1 };
    const samples = await policy.sample(prompts, { ...sampling, contrast });
    const batch = samples.flatMap((group, at) =>
      group.map(({ tokens }) => ({ prompt: prompts[at]!, tokens })),
    );
    const again = await policy.logprobs(batch);
    samples.flat().forEach(({ logprobs }, at) => {
      close(logprobs, again[at]!, test.tolerance);
    });
  },

  "draws by contrast alike alone and beside others": async (policy, test) => {
    const [prompts, against] = pairs(test);
    const draw = (count: number) =>
      policy.sample(prompts.slice(0, count), {
        ...sampling,
        contrast: { prompts: against.slice(0, count), alpha: 1, beta: 0.1 },
      });
    assert.deepEqual(words(await draw(1))[0], words(await draw(3))[0]);
  },

  "refuses a contrast of other numbers than prompts, or out of range": async (policy, test) => {
    const [prompts, against] = pairs(test);
    const fine: Contrast = { prompts: against, alpha: 1, beta: 0.1 };
    for (const wrong of [
      { prompts: against.slice(1) },
      { alpha: -1 },
      { alpha: Number.NaN },
      { beta: 1.5 },
    ]) {
      await assert.rejects(
        policy.sample(prompts, { ...sampling, contrast: { ...fine, ...wrong } }),
        (error: unknown) => error instanceof PolicyError && error.code === "SAMPLING",
      );
    }
  },
};

/** For engines that say they cannot, or say nothing. */
export const noContrastChecks: Readonly<Record<string, Check>> = {
  "refuses contrastive decoding, which it does not say it can do": async (policy, test) => {
    const [prompts, against] = pairs(test);
    await assert.rejects(
      async () =>
        policy.sample(prompts, { ...sampling, contrast: { prompts: against, alpha: 1, beta: 0 } }),
      (error: unknown) => error instanceof PolicyError && error.code === "CONTRAST",
    );
  },
};

/** Three prompts, and each with its audio dropped. */
function pairs(test: PolicyUnderTest) {
  const prompts = [0, 1, 2].map(test.prompt);
  return [prompts, prompts.map((prompt) => maskPrompt(prompt, "audio", "drop"))] as const;
}

const words = (samples: Awaited<ReturnType<Policy["sample"]>>): number[][][] =>
  samples.map((group) => group.map(({ tokens }) => [...tokens]));

/** Log-probs of every word as the first. */
async function firstWord(
  policy: Policy,
  test: PolicyUnderTest,
  prompt: Parameters<typeof datum>[0],
): Promise<number[]> {
  const each = Array.from({ length: test.vocabulary }, (_, id) => datum(prompt, [id]));
  return (await policy.logprobs(each)).map(([logprob]) => logprob!);
}

/** Chances of every word after these. */
async function nextWord(
  policy: Policy,
  test: PolicyUnderTest,
  prompt: Parameters<typeof datum>[0],
  before: readonly number[],
): Promise<number[]> {
  const each = Array.from({ length: test.vocabulary }, (_, id) => datum(prompt, [...before, id]));
  return (await policy.logprobs(each)).map((row) => Math.exp(row.at(-1)!));
}
