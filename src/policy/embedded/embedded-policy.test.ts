import { describe, it } from "vitest";
import { Rng } from "../../core/rng.ts";
import type { Prompt } from "../../prompt/prompt.ts";
import { policyConformance } from "../conformance.ts";
import { embeddedOptions } from "../options.ts";
import { createEmbeddedPolicy } from "./embedded-policy.ts";
import { createJaxExecutor } from "./jax-executor.ts";

const vocabulary = { size: 11, bos: 1, eos: 2 };
const video = { tokens: 3, dim: 4 };
const audio = { tokens: 2, dim: 5 };

function prompt(index: number): Prompt {
  const rng = new Rng(`prompt ${index}`);
  const stream = ({ tokens, dim }: typeof video) => ({
    tokens,
    dim,
    attended: true,
    features: Float32Array.from({ length: tokens * dim }, () => rng.normal()),
  });
  return { id: `clip-${index}`, video: stream(video), audio: stream(audio), text: [] };
}

policyConformance({ describe, it }, "embedded policy on jax-js", {
  make: async () =>
    createEmbeddedPolicy({
      options: embeddedOptions.parse({ width: 16, heads: 2, maxTokens: 12 }),
      vocabulary,
      video,
      audio,
      seed: 7,
      executor: await createJaxExecutor(),
    }),
  prompt,
  vocabulary: vocabulary.size,
  maxTokens: 12,
  tolerance: 2e-5,
});
