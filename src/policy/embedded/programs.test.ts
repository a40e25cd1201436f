import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Rng } from "../../core/rng.ts";
import { embeddedOptions } from "../options.ts";
import type { Executor, TensorData, TensorSpec } from "./executor.ts";
import { createJaxExecutor } from "./jax-executor.ts";
import { elements, initParameters, parameterSpecs } from "./params.ts";
import { backwardProgram, logprobsProgram } from "./programs.ts";

const shape = {
  ...embeddedOptions.parse({ width: 12, heads: 2, headWidth: 4, maxTokens: 6, maxTextTokens: 4 }),
  vocabulary: 7,
  video: { tokens: 3, dim: 4 },
  audio: { tokens: 2, dim: 5 },
};
const bucket = { prompts: 2, group: 2, tokens: 4, text: 3 };

/** Random values for every input that is not a parameter; one position hidden, causal bias. */
function inputsOf(specs: readonly TensorSpec[]): Map<string, TensorData> {
  const rng = new Rng("inputs");
  return new Map(
    specs.map(({ name, shape: dims, dtype }): [string, TensorData] => {
      const length = elements(dims);
      if (name === "vocabulary") return [name, Int32Array.from({ length }, (_, id) => id)];
      if (dtype === "int32") return [name, Int32Array.from({ length }, () => rng.int(7))];
      if (name === "hidden") return [name, Float32Array.from({ length }, (_, i) => (i ? 0 : -1e9))];
      if (name === "bias") return [name, biasOf(dims as [number, number, number])];
      return [name, Float32Array.from({ length }, () => rng.normal())];
    }),
  );
}

function biasOf([prompts, tokens, length]: [number, number, number]): Float32Array {
  const prefix = length - tokens;
  return Float32Array.from({ length: prompts * tokens * length }, (_, i) => {
    const [token, position] = [Math.floor(i / length) % tokens, i % length];
    return position > prefix + token || position === 0 ? -1e9 : 0;
  });
}

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

  it("differentiates every parameter as finite differences do", async () => {
    const forward = logprobsProgram(shape, bucket);
    const backward = backwardProgram(shape, bucket);
    const score = await executor.compile(forward.name, forward.program, forward.inputs);
    const derive = await executor.compile(backward.name, backward.program, backward.inputs);
    const parameters = initParameters(shape, "fd");
    const inputs = inputsOf(backward.inputs);
    const take = (specs: readonly TensorSpec[]): TensorData[] =>
      specs.map(({ name }) => parameters.get(name) ?? inputs.get(name)!);
    const weights = inputs.get("gradient")!;
    const value = async (): Promise<number> => {
      const [logprobs] = await score.run(take(forward.inputs));
      return dot(logprobs!, weights);
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
    const { name, program, inputs: specs } = logprobsProgram(shape, bucket);
    const compiled = await executor.compile(name, program, specs);
    const parameters = initParameters(shape, "hidden");
    const inputs = inputsOf(specs);
    const score = async (): Promise<TensorData> => {
      const all = specs.map((spec) => parameters.get(spec.name) ?? inputs.get(spec.name)!);
      return (await compiled.run(all))[0]!;
    };
    const before = await score();
    const video = inputs.get("video")!;
    // position 0 of the first prompt is hidden: its features are the first `dim` values
    video.fill(50, 0, shape.video.dim);
    expect(await score()).toEqual(before);
    video[shape.video.dim]! += 1;
    const after = await score();
    const half = before.length / 2;
    expect(after.subarray(0, half)).not.toEqual(before.subarray(0, half));
    expect(after.subarray(half)).toEqual(before.subarray(half));
    compiled.dispose();
  });
});
