import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Rng } from "../../core/rng.ts";
import { embeddedOptions } from "../options.ts";
import type { Executor } from "./executor.ts";
import { createJaxExecutor } from "./jax-executor.ts";
import { initParameters, parameterSpecs } from "./params.ts";
import { backwardProgram, distributionsProgram, logprobsProgram } from "./programs.ts";
import { fixtureBatch, scoringFixture, someWhole } from "./scoring.fixture.ts";
import type { TensorData, TensorSpec } from "./tensor.ts";

const shape = {
  ...embeddedOptions.parse({ width: 12, heads: 2, headWidth: 4, maxTokens: 6, maxTextTokens: 4 }),
  vocabulary: 7,
  video: { tokens: 3, dim: 4 },
  audio: { tokens: 2, dim: 5 },
};
const batch = fixtureBatch(shape, "a");

function dot(a: TensorData, b: TensorData): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!;
  return total;
}

describe("backward program", () => {
  let executor: Executor;
  beforeAll(async () => {
    executor = await createJaxExecutor();
  });
  afterAll(() => executor.close());

  it.each([
    ["everywhere", batch],
    ["at the tokens read", batch.map((datum, index) => ({ ...datum, read: index < 4 ? [1] : [] }))],
    ["at tokens and whole rows", someWhole(batch)],
  ])("differentiates every parameter as finite differences do, %s", async (_where, data) => {
    const { bucket, tensors } = scoringFixture(shape, data);
    expect(bucket.reads !== undefined).toBe(data !== batch);
    const forward = logprobsProgram(shape, bucket);
    const backward = backwardProgram(shape, bucket);
    const score = await executor.compile(forward.name, forward.program, forward.inputs);
    const rows = bucket.whole && distributionsProgram(shape, bucket);
    const spread = rows && (await executor.compile(rows.name, rows.program, rows.inputs));
    const derive = await executor.compile(backward.name, backward.program, backward.inputs);
    const parameters = initParameters(shape, "fd");
    const take = (specs: readonly TensorSpec[]): TensorData[] =>
      specs.map(({ name }) => parameters.get(name) ?? tensors[name]!);
    const weights = tensors.gradient!;
    const value = async (): Promise<number> => {
      const [logprobs] = await score.run(take(forward.inputs));
      const [, whole] = (rows && (await spread?.run(take(rows.inputs)))) ?? [];
      return dot(logprobs!, weights) + (whole ? dot(whole, tensors["whole.gradient"]!) : 0);
    };
    const [, ...gradients] = await derive.run(take(backward.inputs));
    const rng = new Rng("direction");
    for (const [index, { name }] of parameterSpecs(shape).entries()) {
      const values = parameters.get(name)!;
      const original = values.slice();
      const gradient = gradients[index]!;
      // along the gradient's own signs, so that no part of it can be missing unnoticed
      const direction = Float32Array.from(gradient, (g) => Math.sign(g) || rng.normal());
      const at = (scale: number) => {
        for (let i = 0; i < values.length; i++) values[i] = original[i]! + scale * direction[i]!;
        return value();
      };
      const expected = dot(gradient, direction);
      const step = 0.02 / expected;
      const measured = ((await at(step)) - (await at(-step))) / (2 * step);
      values.set(original);
      expect(expected, name).toBeGreaterThan(0.01);
      expect(Math.abs(measured / expected - 1), name).toBeLessThan(0.02);
    }
    score.dispose();
    spread?.dispose();
    derive.dispose();
  });
});

describe("logprobs program", () => {
  let executor: Executor;
  beforeAll(async () => {
    executor = await createJaxExecutor();
  });
  afterAll(() => executor.close());

  it("lets nothing through from a hidden position, and everything from the others", async () => {
    const { bucket, tensors } = scoringFixture(shape, batch);
    const { name, program, inputs: specs } = logprobsProgram(shape, bucket);
    const compiled = await executor.compile(name, program, specs);
    const parameters = initParameters(shape, "hidden");
    const score = async (): Promise<TensorData> => {
      const all = specs.map((spec) => parameters.get(spec.name) ?? tensors[spec.name]!);
      return (await compiled.run(all))[0]!.slice();
    };
    const before = await score();
    // the second prompt's video is hidden
    const { video } = tensors;
    video!.fill(50, video!.length / 2);
    expect(await score()).toEqual(before);
    video![0]! += 1;
    const after = await score();
    // completions of the first prompt come first: 4 + 5 + 1 tokens, then 2 + 5 + 3 of the second
    expect(after.subarray(0, 10)).not.toEqual(before.subarray(0, 10));
    expect(after.subarray(10, 20)).toEqual(before.subarray(10, 20));
    compiled.dispose();
  });
});
