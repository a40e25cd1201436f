import { describe, expect, it } from "vitest";
import { Rng } from "../../../core/rng.ts";
import { embeddedOptions } from "../../options.ts";
import { initParameters, type ModelShape } from "../params.ts";
import {
  backwardProgram,
  decodeProgram,
  distributionsProgram,
  logprobsProgram,
} from "../programs.ts";
import { fixtureBatch, scoringFixture, someWhole } from "../scoring.fixture.ts";
import type { TensorData, TensorSpec } from "../tensor.ts";
import type { NamedTensors } from "../tensors.ts";
import { fusedRules } from "./fused/index.ts";
import { createOnnxExecutor } from "./index.ts";
import { trace } from "./jaxpr.ts";
import { lower } from "./lower.ts";
import { relativeError, runInJax } from "./testing/against-jax.ts";

const shape: ModelShape = {
  ...embeddedOptions.parse({ width: 32, layers: 2, heads: 4, headWidth: 8, maxTextTokens: 8 }),
  vocabulary: 40,
  video: { tokens: 4, dim: 12 },
  audio: { tokens: 5, dim: 10 },
};
const batch = fixtureBatch(shape, "train step");
const { bucket, tensors } = scoringFixture(shape, batch);
const few = scoringFixture(
  shape,
  batch.map((datum, index) => ({ ...datum, read: index < 4 ? [1] : [] })),
);
const whole = scoringFixture(
  shape,
  batch.map((datum) => ({ ...datum, whole: [0] })),
);
const fewWhole = scoringFixture(shape, someWhole(batch));
const decoding = { rows: 12, length: 22 };

/** Values by input name: parameters, the batch's tensors, token ids or noise for the rest. */
function inputData(
  { name, shape: dims, dtype }: TensorSpec,
  parameters: Map<string, TensorData>,
  given: NamedTensors,
): TensorData {
  const known = parameters.get(name) ?? given[name];
  if (known) return known;
  const rng = new Rng(name);
  const length = dims.reduce((a, b) => a * b, 1);
  if (dtype === "int32") return Int32Array.from({ length }, () => rng.int(8));
  return Float32Array.from({ length }, () => rng.normal());
}

describe("the policy's programs", () => {
  it.each([
    ["log-probs", logprobsProgram(shape, bucket), tensors],
    ["backward", backwardProgram(shape, bucket), tensors],
    ["log-probs of few tokens", logprobsProgram(shape, few.bucket), few.tensors],
    ["backward from few tokens", backwardProgram(shape, few.bucket), few.tensors],
    ["whole rows", distributionsProgram(shape, whole.bucket), whole.tensors],
    ["whole rows at few tokens", distributionsProgram(shape, fewWhole.bucket), fewWhole.tensors],
    ["backward from few whole rows", backwardProgram(shape, fewWhole.bucket), fewWhole.tensors],
    ["decode", decodeProgram(shape, decoding), {}],
  ])(
    "%s equals jax-js at one and two threads, and itself 50 times",
    async (_name, source, given) => {
      const { name, program, inputs } = source;
      const parameters = initParameters(shape, 1);
      const data = inputs.map((spec) => inputData(spec, parameters, given));
      const expected = runInJax(program, inputs, data);
      // with two threads onnxruntime's adding ScatterND loses additions, without a word
      const { bytes } = lower(trace(program, inputs), fusedRules);
      expect(Buffer.from(bytes).includes("Gemm") || Buffer.from(bytes).includes("MatMul")).toBe(
        true,
      );
      expect(Buffer.from(bytes).includes("ScatterND")).toBe(false);
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
    },
  );
});
