import { describe, expect, it } from "vitest";
import { Rng } from "../../../core/rng.ts";
import { embeddedOptions } from "../../options.ts";
import type { TensorData, TensorSpec } from "../executor.ts";
import { initParameters, type ModelShape } from "../params.ts";
import { type Bucket, backwardProgram, decodeProgram, logprobsProgram } from "../programs.ts";
import { createOnnxExecutor } from "./index.ts";
import { relativeError, runInJax } from "./testing/against-jax.ts";

const shape: ModelShape = {
  ...embeddedOptions.parse({ width: 32, layers: 2, heads: 4, headWidth: 8, maxTextTokens: 8 }),
  vocabulary: 40,
  video: { tokens: 4, dim: 12 },
  audio: { tokens: 5, dim: 10 },
};
const bucket: Bucket = { prompts: 3, group: 4, tokens: 10, text: 3 };
const hidden = -1e9;

/** Plausible values by input name: masks of 0 and −1e9, token ids, noise for the rest. */
function inputData({ name, shape: dims, dtype }: TensorSpec, parameters: Map<string, TensorData>) {
  const rng = new Rng(name);
  const length = dims.reduce((a, b) => a * b, 1);
  const columns = dims.at(-1)!;
  if (parameters.has(name)) return parameters.get(name)!;
  if (name === "vocabulary") return Int32Array.from({ length }, (_, i) => i);
  if (dtype === "int32") return Int32Array.from({ length }, () => rng.int(8));
  if (name === "causal") {
    return Float32Array.from({ length }, (_, i) =>
      i % columns > Math.floor(i / columns) ? hidden : 0,
    );
  }
  if (name === "hidden" || name === "unwritten") {
    return Float32Array.from({ length }, (_, i) => (i % columns > 0 && rng.bool(0.3) ? hidden : 0));
  }
  return Float32Array.from({ length }, () => rng.normal());
}

describe("the policy's programs", () => {
  it.each([
    ["log-probs", logprobsProgram],
    ["backward", backwardProgram],
    ["decode", decodeProgram],
  ])("%s equals jax-js at one and two threads, and itself 50 times", async (_name, source) => {
    const { name, program, inputs } = source(shape, bucket);
    const parameters = initParameters(shape, 1);
    const data = inputs.map((spec) => inputData(spec, parameters));
    const expected = runInJax(program, inputs, data);
    for (const threads of [1, 2]) {
      const executor = await createOnnxExecutor({ threads });
      const compiled = await executor.compile(name, program, inputs);
      const first = (await compiled.run(data)).map((output) => output.slice());
      expected.forEach((output, i) => {
        expect(relativeError(output, first[i]!)).toBeLessThan(2e-5);
      });
      for (let i = 1; i < 50; i++) expect(await compiled.run(data)).toEqual(first);
      await executor.close();
    }
  });
});
