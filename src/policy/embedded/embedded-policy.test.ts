import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { needs } from "../../../test/needs.ts";
import { Rng } from "../../core/rng.ts";
import type { Prompt } from "../../prompt/prompt.ts";
import { type PolicyUnderTest, policyConformance } from "../conformance.ts";
import { embeddedOptions, executorOptions } from "../options.ts";
import type { Completion } from "../port.ts";
import { createEmbeddedPolicy, openEmbeddedPolicy } from "./embedded-policy.ts";
import type { Executor } from "./executor.ts";
import { createJaxExecutor } from "./jax-executor.ts";
import { createOnnxExecutor } from "./onnx/index.ts";
import { openExecutor } from "./open-executor.ts";

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

describe("embedded policy", () => {
  const make = async (seed = 7, executor?: Executor) =>
    createEmbeddedPolicy({
      options: embeddedOptions.parse({
        width: 16,
        heads: 2,
        headWidth: 8,
        maxTokens: 12,
        maxTextTokens: 5,
      }),
      vocabulary,
      video,
      audio,
      seed,
      executor: executor ?? (await createJaxExecutor()),
    });
  const tokens = Int32Array.of(3, 4, 2);

  it("reads the question, and a longer one beside it in the batch changes nothing", async () => {
    const policy = await make();
    const asked = (text: number[]) => ({ prompt: { ...prompt(0), text }, tokens });
    const batch = [asked([]), asked([5]), asked([6]), asked([5, 6, 7, 8, 9])];
    const [none, five, six] = await policy.logprobs(batch);
    expect(five![0]).not.toBeCloseTo(none![0]!, 4);
    expect(five![0]).not.toBeCloseTo(six![0]!, 4);
    const [alone] = await policy.logprobs([asked([5])]);
    expect(alone![2]).toBeCloseTo(five![2]!, 5);
    const [[sampled]] = (await policy.sample([{ ...prompt(0), text: [5] }], {
      samplesPerPrompt: 1,
      maxTokens: 3,
      temperature: 1,
      seed: 1,
    })) as [[Completion]];
    const [scored] = await policy.logprobs([{ ...asked([5]), tokens: sampled.tokens }]);
    expect(scored![0]).toBeCloseTo(sampled.logprobs[0]!, 5);
    await expect(policy.logprobs([asked([1, 2, 3, 4, 5, 6])])).rejects.toThrow(/6 text tokens/);
    await policy.close();
  });

  it("names the prompt and stream that do not fit", async () => {
    const policy = await make();
    const score = (changed: Partial<Prompt>) =>
      policy.logprobs([{ prompt: { ...prompt(0), ...changed }, tokens }]);
    const wide = { ...prompt(0).video, dim: 5, features: new Float32Array(15) };
    await expect(score({ video: wide })).rejects.toThrow(
      "prompt 'clip-0': video is 3×5 (15 values), the policy was built for 3×4",
    );
    const broken = prompt(0).audio;
    broken.features[3] = Number.NaN;
    await expect(score({ audio: broken })).rejects.toThrow(/audio feature 3 is NaN/);
    // what nobody attends to may be anything
    await score({ audio: { ...broken, attended: false } });
    await policy.close();
  });

  it("runs other programs only where whole rows are asked for", async () => {
    const executor = await createJaxExecutor();
    const compiled: string[] = [];
    const policy = await make(7, {
      ...executor,
      compile: (name, ...others) => {
        compiled.push(name);
        return executor.compile(name, ...others);
      },
    });
    const plain = { prompt: prompt(0), tokens };
    const rows = { ...plain, whole: [1] };
    const gradient = [Float32Array.of(1, 1, 1)];
    await policy.backward([plain], gradient);
    await policy.logprobs([plain]);
    expect(compiled).toHaveLength(2);
    await policy.backward([rows], gradient);
    await policy.backward([rows], gradient, [undefined]);
    await policy.logprobs([rows]);
    expect(compiled).toHaveLength(2);
    await policy.backward([rows], gradient, [new Float32Array(11)]);
    await policy.distributions([rows]);
    expect(compiled).toHaveLength(4);
    await policy.close();
  });

  it("names the datum, the place and the number where whole rows do not fit", async () => {
    const policy = await make();
    const rows = { prompt: prompt(0), tokens, whole: [0, 2] };
    const gradient = [new Float32Array(3)];
    await expect(policy.distributions([{ ...rows, whole: [0, 3] }])).rejects.toMatchObject({
      code: "WHOLE_POSITION",
      message:
        "datum 0 ('clip-0'): whole[1] is 3 " +
        "(give ascending positions below the completion's 3 tokens)",
      details: { path: "whole.1" },
    });
    await expect(policy.backward([rows], gradient, [new Float32Array(11)])).rejects.toMatchObject({
      code: "GRADIENT_SHAPE",
      message: "whole gradient of datum 0 ('clip-0') has 11 values for 2 positions × 11 tokens",
    });
    await expect(policy.backward([rows], gradient, [])).rejects.toThrow(
      "0 whole gradients for 1 datums (give one for each datum, undefined where it has none)",
    );
    const wild = new Float32Array(22);
    wild[14] = Number.POSITIVE_INFINITY;
    await expect(policy.backward([rows], gradient, [wild])).rejects.toThrow(
      "whole gradient of datum 0 ('clip-0') is Infinity at token 2, entry 3",
    );
    await policy.close();
  });

  it("works with both streams hidden", async () => {
    const policy = await make();
    const hidden = prompt(0);
    hidden.video.attended = false;
    hidden.audio.attended = false;
    const [row] = await policy.logprobs([{ prompt: hidden, tokens }]);
    expect(row!.every((value) => value < 0)).toBe(true);
    await policy.close();
  });

  it("samples as before once good weights replace wild ones", async () => {
    const policy = await make();
    const folder = mkdtempSync(join(tmpdir(), "oppo-embedded-"));
    const sample = () =>
      policy.sample([prompt(0)], { samplesPerPrompt: 3, maxTokens: 8, temperature: 1, seed: 1 });
    const before = await sample();
    await policy.save(join(folder, "good"));
    await policy.backward([{ prompt: prompt(0), tokens }], [Float32Array.of(1, 1, 1)]);
    await policy.step({ learningRate: 1e38 });
    await expect(sample()).rejects.toThrow(/not finite/);
    await policy.load(join(folder, "good"));
    expect(await sample()).toEqual(before);
    await policy.close();
    rmSync(folder, { recursive: true });
  });

  it("says so when its weights have gone wild", async () => {
    const policy = await make();
    await policy.backward([{ prompt: prompt(0), tokens }], [Float32Array.of(1, 1, 1)]);
    await policy.step({ learningRate: 1e38 });
    await expect(policy.logprobs([{ prompt: prompt(0), tokens }])).rejects.toThrow(/diverged/);
    const rows = { prompt: prompt(0), tokens, read: [], whole: [2] };
    await expect(policy.distributions([rows])).rejects.toThrow(
      /vocabulary entry \d+ at token 2 of datum 0 \('clip-0'\) is NaN \(training diverged/,
    );
    await expect(
      policy.sample([prompt(0)], { samplesPerPrompt: 1, maxTokens: 2, temperature: 1, seed: 1 }),
    ).rejects.toThrow(/diverged/);
    await policy.close();
  });

  it("keeps a checkpoint from holding half a step, and reopens one by itself", async () => {
    const folder = join(mkdtempSync(join(tmpdir(), "oppo-embedded-")), "checkpoint");
    const policy = await make(8);
    const batch = [{ prompt: prompt(0), tokens }];
    await policy.backward(batch, [Float32Array.of(1, 1, 1)]);
    await expect(policy.save(folder)).rejects.toThrow(/call step before save/);
    await policy.step({ learningRate: 0.01 });
    await policy.save(folder);
    const reopened = await openEmbeddedPolicy(folder, await createJaxExecutor());
    expect(await reopened.logprobs(batch)).toEqual(await policy.logprobs(batch));
    await Promise.all([policy.close(), reopened.close()]);
    rmSync(dirname(folder), { recursive: true });
  });
});

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
  capabilities: { wholeVocabulary: true, contrast: true },
});

policyConformance({ describe, it }, "embedded policy on jax-js", underTest(createJaxExecutor));

policyConformance(
  {
    // without the native binary there is nothing to conform; jax-js above covers the policy
    describe: needs.nativeOnnx.met ? describe : describe.skip,
    it,
  },
  `embedded policy on onnxruntime ${needs.nativeOnnx.title}`,
  underTest(() => createOnnxExecutor({ threads: 2 })),
);

policyConformance(
  { describe, it },
  "embedded policy on two threads",
  underTest(() => openExecutor(executorOptions.parse({ threads: 2 }))),
);
