import { grad, numpy as np } from "@jax-js/jax";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Executor, Program } from "../../executor.ts";
import * as layers from "../../layers.ts";
import type { TensorData, TensorSpec } from "../../tensor.ts";
import { trace } from "../jaxpr.ts";
import { lower } from "../lower.ts";
import { createOnnxExecutor } from "../onnx-executor.ts";
import {
  compareWithJax,
  type InputShape,
  relativeError,
  runInJax,
} from "../testing/against-jax.ts";
import { fusedRules } from "./index.ts";
import type { FusedRules } from "./rule.ts";

type Layer = (...inputs: np.Array[]) => np.Array;

/** The layer's value and its gradients with respect to `argnums` under a nonlinear loss. */
const valueAndGradients =
  (layer: Layer, argnums: number[]): Program =>
  (...inputs) => {
    const loss = (...args: np.Array[]): [np.Array, np.Array] => {
      const y = layer(...args);
      return [np.sum(np.square(y.ref)), y];
    };
    const [gradients, y] = grad(loss, { argnums, hasAux: true })(...inputs);
    return [y as np.Array, ...(gradients as np.Array[])];
  };

const softmaxOf: Layer = (x) => layers.softmax(x!);
const rmsNormOf: Layer = (x, gain) => layers.rmsNorm(x!, gain!);

const cases: Record<string, [operator: string, inputs: InputShape[], program: Program]> = {
  softmax: ["Softmax", [[2, 3, 7]], valueAndGradients(softmaxOf, [0])],
  "softmax of a transposed value": [
    "Softmax",
    [[2, 7, 3]],
    valueAndGradients((x) => layers.softmax(x!.transpose([0, 2, 1])), [0]),
  ],
  "softmax with outer dims swapped": [
    "Softmax",
    [[2, 3, 7]],
    valueAndGradients((x) => layers.softmax(x!.transpose([1, 0, 2])), [0]),
  ],
  "softmax of repeated rows": [
    "Softmax",
    [[7]],
    valueAndGradients((x) => layers.softmax(np.broadcastTo(x!, [3, 7])), [0]),
  ],
  "log-probs of the whole vocabulary": [
    "LogSoftmax",
    [[5, 7]],
    valueAndGradients((x) => layers.wholeLogprobs(x!), [0]),
  ],
  "log-probs of the whole vocabulary, of a transposed value": [
    "LogSoftmax",
    [[7, 5]],
    valueAndGradients((x) => layers.wholeLogprobs(x!.transpose()), [0]),
  ],
  "RMS norm": [
    "SimplifiedLayerNormalization",
    [[2, 3, 8], [8]],
    valueAndGradients(rmsNormOf, [0, 1]),
  ],
  "RMS norm, value only": [
    "SimplifiedLayerNormalization",
    [[2, 8], [8]],
    (x, g) => [layers.rmsNorm(x, g)],
  ],
  "RMS norm, gradient of x": [
    "SimplifiedLayerNormalization",
    [[4, 8], [8]],
    valueAndGradients(rmsNormOf, [0]),
  ],
  "RMS norm, gradient of the gain": [
    "SimplifiedLayerNormalization",
    [[4, 8], [8]],
    valueAndGradients(rmsNormOf, [1]),
  ],
  "RMS norm of a transposed value": [
    "SimplifiedLayerNormalization",
    [[8, 4], [8]],
    valueAndGradients((x, gain) => layers.rmsNorm(x!.transpose(), gain!), [0, 1]),
  ],
  "RMS norm twice, one inside the other": [
    "SimplifiedLayerNormalization",
    [[4, 8], [8]],
    valueAndGradients((x, g) => layers.rmsNorm(layers.rmsNorm(x!, g!.ref).mul(2), g!), [0, 1]),
  ],
  relu: ["Relu", [[4, 8]], valueAndGradients((x) => layers.relu(x!), [0])],
};

const float = (shape: number[]): TensorSpec => ({ name: `x${shape}`, shape, dtype: "float32" });
const int = (shape: number[]): TensorSpec => ({ name: `i${shape}`, shape, dtype: "int32" });
const noise = (size: number): Float32Array =>
  Float32Array.from({ length: size }, (_, i) => Math.sin(7 * i + 1));

describe("fused rules", () => {
  let fused: Executor;
  let plain: Executor;
  beforeAll(async () => {
    fused = await createOnnxExecutor({ threads: 1 });
    plain = await createOnnxExecutor({ threads: 1, fused: {} });
  });
  afterAll(() => Promise.all([fused.close(), plain.close()]));

  it.each(Object.entries(cases))("%s", async (_name, [operator, inputs, program]) => {
    const ours = await compareWithJax(fused, program, inputs);
    const unfused = await compareWithJax(plain, program, inputs);
    expect(unfused.worst).toBeLessThan(1e-5);
    expect(ours.worst).toBeLessThan(1e-5);
    const specs = inputs.map(
      (shape, i): TensorSpec => ({ name: `${i}`, shape: shape as number[], dtype: "float32" }),
    );
    expect(lower(trace(program, specs), fusedRules).operators.has(operator)).toBe(true);
    expect(lower(trace(program, specs)).operators.has(operator)).toBe(false);
  });

  it.each<[string, string, Program, TensorSpec[], TensorData[]]>([
    [
      "log-prob of targets",
      "ScatterElements",
      valueAndGradients((x, at, all) => layers.targetLogprob(x!, at!, all!), [0]),
      [float([3, 4]), int([3]), int([4])],
      [noise(12), Int32Array.of(2, 0, 2), Int32Array.of(0, 1, 2, 3)],
    ],
    [
      // row 3 is a blank: shown twice, weighted by 0
      "rows in another order",
      "Gather",
      valueAndGradients((x, at, back, w) => layers.regroup(x!, at!, back!).mul(w!), [0]),
      [float([4, 3]), int([5]), int([4]), float([5, 1])],
      [
        noise(12),
        Int32Array.of(2, 3, 0, 1, 3),
        Int32Array.of(2, 3, 0, 1),
        noise(5).fill(0, 1, 2).fill(0, 4),
      ],
    ],
  ])("%s", async (_name, operator, program, specs, data) => {
    const expected = runInJax(program, specs, data);
    const count = (rules: FusedRules) =>
      lower(trace(program, specs), rules).operators.get(operator) ?? 0;
    expect(count(fusedRules)).toBeGreaterThan(count({}));
    for (const executor of [fused, plain]) {
      const compiled = await executor.compile("indexed", program, specs);
      (await compiled.run(data)).forEach((output, i) => {
        expect(relativeError(expected[i]!, output)).toBeLessThan(1e-5);
      });
    }
  });

  it("passes nothing back through ReLU where its input is 0 or less", async () => {
    const program = valueAndGradients((x) => layers.relu(x!).add(1), [0]);
    const compiled = await fused.compile("kink", program, [float([3])]);
    const outputs = await compiled.run([Float32Array.of(-2, 0, 3)]);
    expect(outputs.map((output) => [...output])).toEqual([
      [1, 1, 4],
      [0, 0, 8],
    ]);
  });

  it("differentiates without the residuals of the definition", () => {
    const program = valueAndGradients(softmaxOf, [0]);
    const { operators } = lower(
      trace(program, [{ name: "x", shape: [4, 8], dtype: "float32" }]),
      fusedRules,
    );
    expect(operators.has("Exp")).toBe(false);
    expect(operators.has("ReduceMax")).toBe(false);
  });
});
