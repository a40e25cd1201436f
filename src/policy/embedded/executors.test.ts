/**
 * Two executors and any number of threads are one policy: what of that is exact and what is not.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { needs } from "../../../test/needs.ts";
import { Rng } from "../../core/rng.ts";
import type { Prompt } from "../../prompt/prompt.ts";
import { type EmbeddedOptions, embeddedOptions, executorOptions } from "../options.ts";
import { createEmbeddedPolicy, openEmbeddedPolicy } from "./embedded-policy.ts";
import type { Executor, Program } from "./executor.ts";
import { createJaxExecutor } from "./jax-executor.ts";
import { openExecutor } from "./open-executor.ts";
import type { StreamShape } from "./params.ts";
import type { TensorData } from "./tensor.ts";

/** Log-probs of both executors (docs/fidelity.md): nats. */
const tolerance = 1e-4;

const open = (name: "onnx" | "jax", threads: number) =>
  openExecutor(executorOptions.parse({ name, threads }));

function setup(options: Partial<EmbeddedOptions>, video: StreamShape, audio: StreamShape) {
  const prompts = Array.from({ length: 8 }, (_, index): Prompt => {
    const rng = new Rng(`prompt ${index}`);
    const stream = ({ tokens, dim }: StreamShape) => ({
      tokens,
      dim,
      attended: true,
      features: rng.normals(new Float32Array(tokens * dim)),
    });
    return { id: `${index}`, video: stream(video), audio: stream(audio), text: [] };
  });
  const make = (executor: Executor) =>
    createEmbeddedPolicy({
      options: embeddedOptions.parse({ maxTokens: 40, ...options }),
      vocabulary: { size: 60, bos: 1, eos: 2 },
      video,
      audio,
      seed: 1,
      executor,
    });
  return { prompts, make };
}

const sampling = { samplesPerPrompt: 8, maxTokens: 40, temperature: 1, seed: "same" };

describe.skipIf(!needs.nativeOnnx.met)(`onnx and jax ${needs.nativeOnnx.title}`, () => {
  const media = { tokens: 4, dim: 12 };
  const { prompts, make } = setup({ width: 32, heads: 2, headWidth: 8 }, media, media);

  it("sample the same tokens from one seed, and read each other's checkpoints", async () => {
    const folder = mkdtempSync(join(tmpdir(), "oppo-executors-"));
    const [onnx, jax] = [make(await open("onnx", 2)), make(await open("jax", 2))];
    const [ours, theirs] = [
      await onnx.sample(prompts, sampling),
      await jax.sample(prompts, sampling),
    ];
    const tokens = (all: typeof ours) => all.flat().map((made) => [...made.tokens]);
    expect(tokens(ours).flat().length).toBeGreaterThan(500);
    expect(tokens(ours)).toEqual(tokens(theirs));
    const batch = prompts.flatMap((prompt, at) => ours[at]!.map((made) => ({ prompt, ...made })));
    const trained: Float32Array[][] = [];
    for (const [from, into] of [
      [onnx, "jax"],
      [jax, "onnx"],
    ] as const) {
      await from.backward(
        batch,
        batch.map((datum) => new Float32Array(datum.tokens.length).fill(-0.1)),
      );
      await from.step({ learningRate: 1e-3 });
      await from.save(join(folder, into));
      const other = await openEmbeddedPolicy(join(folder, into), await open(into, 1));
      const [here, there] = [await from.logprobs(batch), await other.logprobs(batch)];
      expect(gap(here, there)).toBeLessThan(tolerance);
      trained.push(here);
      await other.close();
    }
    // both were trained alike
    expect(gap(trained[0]!, trained[1]!)).toBeLessThan(tolerance);
    await Promise.all([onnx.close(), jax.close()]);
    rmSync(folder, { recursive: true });
  });

  it("at the demo's size, 1 and 2 threads give the same bits, 4 the same but for rounding", async () => {
    const { prompts, make } = setup(
      { width: 80, layers: 3, heads: 4, headWidth: 20 },
      { tokens: 8, dim: 1152 },
      { tokens: 8, dim: 800 },
    );
    const results = [];
    for (const threads of [1, 2, 4]) {
      const policy = make(await open("onnx", threads));
      const sampled = await policy.sample(prompts, sampling);
      const batch = prompts.flatMap((prompt, at) =>
        sampled[at]!.map(({ tokens }) => ({ prompt, tokens })),
      );
      const rows = batch.map((datum, at) => ({
        ...datum,
        whole: at % 2 ? [datum.tokens.length - 1] : [],
      }));
      const distributions = (await policy.distributions(rows)).map((each) => each.rows);
      const logprobs = await policy.backward(
        rows,
        batch.map(({ tokens }) => new Float32Array(tokens.length).fill(-0.01)),
        distributions.map((values) => values.map((logp) => 1e-3 * Math.exp(logp) * (1 + logp))),
      );
      const { gradientNorm } = await policy.step({ learningRate: 1e-3, clipNorm: 1 });
      const after = await policy.logprobs(batch);
      results.push({ sampled, distributions, logprobs, gradientNorm, after });
      await policy.close();
    }
    const [one, two, four] = results as [
      (typeof results)[0],
      (typeof results)[0],
      (typeof results)[0],
    ];
    expect(two).toEqual(one);
    expect(gap(four.logprobs, one.logprobs)).toBeLessThan(tolerance);
    expect(gap(four.distributions, one.distributions)).toBeLessThan(tolerance);
    expect(four.gradientNorm).toBeCloseTo(one.gradientNorm, 3);
  });
});

/** Largest |a − b|. */
function gap(a: readonly Float32Array[], b: readonly Float32Array[]): number {
  return Math.max(
    ...a.flatMap((row, at) => [...row].map((value, t) => Math.abs(value - b[at]![t]!))),
  );
}

describe("what fails leaves nothing behind", () => {
  const media = { tokens: 2, dim: 3 };
  const { prompts, make } = setup({ width: 16, heads: 2, headWidth: 8 }, media, media);
  const tokens = Int32Array.of(3, 4, 2);

  it("a backward that fails half way: no gradient of the chunks before", async () => {
    const jax = await createJaxExecutor();
    let runs = 0;
    const policy = make({
      ...jax,
      compile: async (...compiling) => {
        const compiled = await jax.compile(...compiling);
        const run = (inputs: readonly TensorData[]) =>
          ++runs === 3 ? Promise.reject(new Error("no memory")) : compiled.run(inputs);
        return { ...compiled, run };
      },
    });
    const batch = Array.from({ length: 80 }, () => ({ prompt: prompts[1]!, tokens }));
    const gradient = batch.map(() => Float32Array.of(1, 1, 1));
    await expect(policy.backward(batch, gradient)).rejects.toThrow("no memory");
    expect(runs).toBe(3);
    expect(await policy.step({ learningRate: 0.1 })).toMatchObject({ gradientNorm: 0 });
    await policy.backward(batch, gradient);
    expect((await policy.step({ learningRate: 0.1 })).gradientNorm).toBeGreaterThan(0);
    await policy.close();
  });

  it("a program that does not compile: it is tried again, and the policy closes its executor", async () => {
    const jax = await createJaxExecutor();
    let tries = 0;
    let closed = 0;
    const failing: Executor = {
      ...jax,
      compile: async (name: string, program: Program, inputs, hints) => {
        if (++tries === 1) throw new Error("no memory");
        return jax.compile(name, program, inputs, hints);
      },
      close: async () => void closed++,
    };
    const policy = make(failing);
    const batch = [{ prompt: prompts[0]!, tokens }];
    await expect(policy.logprobs(batch)).rejects.toThrow("no memory");
    expect(await policy.logprobs(batch)).toHaveLength(1);
    await policy.close();
    expect(closed).toBe(1);
  });
});
