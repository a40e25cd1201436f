import { expect, it } from "vitest";
import { Rng } from "../../core/rng.ts";
import type { Prompt } from "../../prompt/prompt.ts";
import { embeddedOptions } from "../options.ts";
import { createEmbeddedPolicy } from "./embedded-policy.ts";
import { createOnnxExecutor } from "./onnx/index.ts";

const media = { tokens: 2, dim: 3 };

function prompt(index: number): Prompt {
  const rng = new Rng(`prompt ${index}`);
  const stream = () => ({
    ...media,
    attended: true,
    features: Float32Array.from({ length: 6 }, () => rng.normal()),
  });
  return { id: `${index}`, video: stream(), audio: stream(), text: [] };
}

async function openPolicy() {
  return createEmbeddedPolicy({
    options: embeddedOptions.parse({ width: 16, heads: 2, headWidth: 8, maxTokens: 40 }),
    // so few words that completions end early and at different times, and some not before the cache
    // grew
    vocabulary: { size: 12, bos: 1, eos: 2 },
    video: media,
    audio: media,
    seed: 3,
    executor: await createOnnxExecutor({ threads: 1 }),
  });
}

it("samples the same in a batch that shrinks and grows as completion by completion", async () => {
  const policy = await openPolicy();
  const prompts = Array.from({ length: 5 }, (_, index) => prompt(index));
  const options = { samplesPerPrompt: 4, maxTokens: 40, temperature: 1, seed: "sample" };
  const together = await policy.sample(prompts, options);
  const lengths = together.flat().map(({ tokens }) => tokens.length);
  expect(Math.min(...lengths)).toBeLessThan(4);
  expect(Math.max(...lengths)).toBeGreaterThan(16);
  // the last prompt alone: its random streams are those of the place where it stands
  const batch = prompts.flatMap((one, at) =>
    together[at]!.map(({ tokens }) => ({ prompt: one, tokens })),
  );
  const scored = await policy.logprobs(batch);
  together.flat().forEach(({ logprobs }, index) => {
    logprobs.forEach((value, at) => {
      expect(value).toBeCloseTo(scored[index]![at]!, 4);
    });
  });
  const [first] = await policy.sample([prompts[0]!], options);
  expect(first!.map(({ tokens }) => [...tokens])).toEqual(
    together[0]!.map(({ tokens }) => [...tokens]),
  );
  for (const [at, { tokens }] of together[0]!.entries()) {
    const alone = await policy.sample([prompts[0]!], { ...options, samplesPerPrompt: at + 1 });
    expect([...alone[0]![at]!.tokens]).toEqual([...tokens]);
  }
  await policy.close();
});

it("contrasts the same in a batch that shrinks and grows as completion by completion", async () => {
  const policy = await openPolicy();
  const prompts = Array.from({ length: 5 }, (_, index) => prompt(index));
  const against = Array.from({ length: 5 }, (_, index) => prompt(index + 5));
  const options = { maxTokens: 40, temperature: 1, seed: "contrast" };
  const draw = async (count: number, samplesPerPrompt: number) => {
    const contrast = { prompts: against.slice(0, count), alpha: 0.5, beta: 0.05 };
    const drawn = await policy.sample(prompts.slice(0, count), {
      ...options,
      samplesPerPrompt,
      contrast,
    });
    return drawn.map((group) => group.map(({ tokens }) => [...tokens]));
  };
  const together = await draw(5, 4);
  const lengths = together.flat().map((tokens) => tokens.length);
  expect(Math.min(...lengths)).toBeLessThan(8);
  expect(Math.max(...lengths)).toBeGreaterThan(16);
  for (const at of [0, 1, 2, 3]) {
    expect((await draw(1, at + 1))[0]![at]).toEqual(together[0]![at]);
  }
  const plain = await policy.sample(prompts, { ...options, samplesPerPrompt: 4 });
  expect(together).not.toEqual(plain.map((group) => group.map(({ tokens }) => [...tokens])));
  await policy.close();
});
