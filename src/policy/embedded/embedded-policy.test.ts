import { describe, it } from "vitest";
import { Rng } from "../../core/rng.ts";
import type { Prompt } from "../../prompt/prompt.ts";
import { type PolicyUnderTest, policyConformance } from "../conformance.ts";
import { embeddedOptions } from "../options.ts";
import { createEmbeddedPolicy } from "./embedded-policy.ts";
import type { Executor } from "./executor.ts";
import { createJaxExecutor } from "./jax-executor.ts";
import { createOnnxExecutor, onnxStatus } from "./onnx/index.ts";

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

const native = await onnxStatus();

const underTest = (open: () => Promise<Executor>): PolicyUnderTest => ({
  make: async () =>
    createEmbeddedPolicy({
      options: embeddedOptions.parse({ width: 16, heads: 2, headWidth: 8, maxTokens: 12 }),
      vocabulary,
      video,
      audio,
      seed: 7,
      executor: await open(),
    }),
  prompt,
  vocabulary: vocabulary.size,
  maxTokens: 12,
  tolerance: 2e-5,
});

policyConformance({ describe, it }, "embedded policy on jax-js", underTest(createJaxExecutor));

policyConformance(
  {
    // without the native binary there is nothing to conform; jax-js above covers the policy
    describe: native.available ? describe : describe.skip,
    it,
  },
  "embedded policy on onnxruntime",
  underTest(() => createOnnxExecutor({ threads: 2 })),
);
