import { describe, it } from "vitest";
import { wholeVocabularyChecks } from "../../src/policy/conformance/whole-vocabulary.ts";
import type { Stream } from "../../src/prompt/prompt.ts";
import { LinearPolicy } from "./linear-policy.ts";

const stream = (value: number): Stream => ({
  features: Float32Array.of(value),
  tokens: 1,
  dim: 1,
  attended: true,
});
const test = {
  make: async () => new LinearPolicy(7, { eos: 2 }),
  prompt: (index: number) => ({
    id: `${index}`,
    video: stream(Math.sin(index)),
    audio: stream(Math.cos(index)),
    text: [],
  }),
  vocabulary: 7,
  maxTokens: 12,
  tolerance: 1e-6,
  capabilities: { wholeVocabulary: true },
};

describe("the linear policy conforms to the port in whole rows", () => {
  it.each(Object.entries(wholeVocabularyChecks))("%s", async (_title, check) => {
    await check(await test.make(), test);
  });
});
