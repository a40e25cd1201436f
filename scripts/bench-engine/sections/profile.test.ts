import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { numpy as np } from "@jax-js/jax";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Executor } from "../../../src/policy/embedded/executor.ts";
import { createOnnxExecutor } from "../../../src/policy/embedded/onnx/index.ts";
import { profiled } from "./profile.ts";

let executor: Executor;
let folder: string;
beforeAll(async () => {
  executor = await createOnnxExecutor({ threads: 1 });
  folder = mkdtempSync(join(tmpdir(), "oppo-profile-"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await executor.close();
});

it("counts the operators of one run, the dearest first, and leaves no file behind", async () => {
  const inputs = [
    { name: "a", shape: [256, 256], dtype: "float32" as const },
    { name: "b", shape: [256, 256], dtype: "float32" as const },
  ];
  const data = inputs.map(() => new Float32Array(256 * 256).fill(0.5));
  const times = await profiled(
    {
      name: "two products",
      inputs,
      program: (a, b) => [np.matmul(np.exp(np.matmul(a!, b!.ref)), b!)],
    },
    data,
    folder,
  );
  const counted = Object.fromEntries(
    times.map(({ operator, nodes }) => [operator, Math.round(nodes)]),
  );
  expect(counted).toEqual({ MatMul: 2, Exp: 1 });
  const ms = times.map((time) => time.ms);
  expect(ms).toEqual(ms.toSorted((a, b) => b - a));
  expect(Math.min(...ms)).toBeGreaterThan(0);
  expect(readdirSync(folder)).toEqual([]);
});
