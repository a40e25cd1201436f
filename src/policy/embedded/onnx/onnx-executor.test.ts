import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { grad, numpy as np } from "@jax-js/jax";
import { afterEach, describe, expect, it } from "vitest";
import { needs } from "../../../../test/needs.ts";
import type { Executor, Program } from "../executor.ts";
import { softmax } from "../layers.ts";
import type { TensorSpec } from "../tensor.ts";
import { createOnnxExecutor, onnxStatus } from "./index.ts";

const float = (name: string, ...shape: number[]): TensorSpec => ({ name, shape, dtype: "float32" });
const double: Program = (x) => [x.mul(2)];

describe("createOnnxExecutor", () => {
  let executor: Executor;
  afterEach(() => executor.close());
  const open = async (threads = 1) => {
    executor = await createOnnxExecutor({ threads });
    return executor;
  };

  it("names itself and its threads", async () => {
    expect(await open(2)).toMatchObject({ id: "onnx", threads: 2 });
  });

  it("computes the same with spinning threads", async () => {
    executor = await createOnnxExecutor({ threads: 2, spin: true });
    const compiled = await executor.compile("double", double, [float("x", 2)]);
    expect([...(await compiled.run([Float32Array.of(1, 2)]))[0]!]).toEqual([2, 4]);
  });

  it.skipIf(!needs.linuxX64.met)(
    `takes denormals as 0 here and in later threads, so that what is hidden weighs nothing ${needs.linuxX64.title}`,
    async () => {
      const compiled = await (await open()).compile("softmax", (x) => [softmax(x!)], [
        float("x", 2),
      ]);
      const [weights] = await compiled.run([Float32Array.of(0, -1e9)]);
      // as bits: whoever takes denormals as 0 does not see them
      expect([...new Uint32Array(weights!.buffer)]).toEqual([0x3f800000, 0]);
      const stored = "Float32Array.of(Number('1e-40'))[0]";
      const thread = new Worker(`require("worker_threads").parentPort.postMessage(${stored})`, {
        eval: true,
      });
      const [there] = await once(thread, "message");
      expect({ here: Float32Array.of(Number("1e-40"))[0], there }).toEqual({ here: 0, there: 0 });
    },
  );

  it("keeps an output intact when it is fed back as input", async () => {
    const step: Program = (x) => [np.flip(x.ref, 0), x.add(1)];
    const compiled = await (await open()).compile("step", step, [float("x", 3)]);
    let state = Float32Array.of(1, 2, 3);
    for (let i = 0; i < 4; i++) {
      const before = state.slice();
      const [flipped, next] = await compiled.run([state]);
      expect([...flipped!]).toEqual([...before].reverse());
      state = next as typeof state;
    }
    expect([...state]).toEqual([5, 6, 7]);
  });

  it("reads inputs anew at every run, also when the same array was changed in place", async () => {
    const compiled = await (await open()).compile("double", double, [float("x", 2)]);
    const x = Float32Array.of(1, 2);
    expect([...(await compiled.run([x]))[0]!]).toEqual([2, 4]);
    x[0] = 5;
    expect([...(await compiled.run([x]))[0]!]).toEqual([10, 4]);
    expect([...(await compiled.run([Float32Array.of(7, 8)]))[0]!]).toEqual([14, 16]);
  });

  it("reads inputs that are windows of a larger buffer", async () => {
    const compiled = await (await open()).compile("double", double, [float("x", 2)]);
    const window = Float32Array.of(9, 9, 3, 4, 9).subarray(2, 4);
    expect([...(await compiled.run([window]))[0]!]).toEqual([6, 8]);
  });

  it("returns constants and inputs themselves", async () => {
    const program: Program = (x) => [np.ones([2, 2]), x.ref, x];
    const compiled = await (await open()).compile("constants", program, [float("x", 2)]);
    const outputs = await compiled.run([Float32Array.of(3, 4)]);
    expect(outputs.map((output) => [...output])).toEqual([
      [1, 1, 1, 1],
      [3, 4],
      [3, 4],
    ]);
  });

  it("embeds arrays the program closes over", async () => {
    const table = Float32Array.of(1, 10, 100);
    const program: Program = (x) => [x.mul(np.array(table))];
    const compiled = await (await open()).compile("closed", program, [float("x", 3)]);
    expect([...(await compiled.run([Float32Array.of(1, 2, 3)]))[0]!]).toEqual([1, 20, 300]);
  });

  it("names a primitive it cannot lower", async () => {
    const program: Program = (x) => [np.sort(x)];
    await expect((await open()).compile("sorting", program, [float("x", 3)])).rejects.toThrow(
      /sorting.*cannot lower primitive "sort".*executor "jax"/s,
    );
  });

  it("refuses empty arrays and boolean outputs by name", async () => {
    const ex = await open();
    const empty: Program = (x) => [np.concatenate([x.ref.slice([0, 0]), x], 0)];
    await expect(ex.compile("empty", empty, [float("x", 3)])).rejects.toThrow(/empty array/);
    const boolean: Program = (x) => [x.less(0)];
    await expect(ex.compile("boolean", boolean, [float("x", 3)])).rejects.toThrow(
      /boolean returns bool/,
    );
  });

  it("refuses inputs of the wrong size and runs after dispose", async () => {
    const compiled = await (await open()).compile("double", double, [float("x", 3)]);
    await expect(compiled.run([new Float32Array(4)])).rejects.toThrow(/double: input 'x'/);
    compiled.dispose();
    compiled.dispose();
    await expect(compiled.run([new Float32Array(3)])).rejects.toThrow(/double was disposed/);
  });

  it("refuses runs after close", async () => {
    const compiled = await (await open()).compile("double", double, [float("x", 3)]);
    await executor.close();
    await expect(compiled.run([new Float32Array(3)])).rejects.toThrow(/executor was closed/);
  });

  it("names the program that an index out of its table stops", async () => {
    const take: Program = (table, index) => [np.take(table, index, 0)];
    const specs = [float("table", 3, 2), { ...float("index", 1), dtype: "int32" as const }];
    const compiled = await (await open()).compile("lookup", take, specs);
    const run = compiled.run([new Float32Array(6), Int32Array.of(7)]);
    await expect(run).rejects.toThrow(/program lookup failed.*out of data bounds/s);
  });

  it("adds gradients of repeated rows exactly, every time, on several threads", async () => {
    const [rows, width, taken] = [8, 64, 20_000];
    const summed = grad((table: np.Array, index: np.Array) => np.sum(np.take(table, index, 0)));
    const program: Program = (table, index) => [summed(table, index) as np.Array];
    const specs = [
      float("table", rows, width),
      { ...float("index", taken), dtype: "int32" as const },
    ];
    for (const threads of [2, 4]) {
      const compiled = await (await open(threads)).compile("rows", program, specs);
      const index = Int32Array.from({ length: taken }, (_, i) => (i * 7919) % rows);
      for (let i = 0; i < 50; i++) {
        const [gradient] = await compiled.run([new Float32Array(rows * width), index]);
        expect(gradient!.every((value) => value === taken / rows)).toBe(true);
      }
      await executor.close();
    }
  });
});

describe("onnxStatus", () => {
  it("reports the version where the binary loads", async () => {
    expect(await onnxStatus()).toEqual({
      available: true,
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      denormalsAsZero: expect.any(Boolean),
    });
  });
});
