import "../../../core/globals.ts";
import os from "node:os";
import { defaultDevice, init } from "@jax-js/jax";
import type { Executor, Program, TensorSpec } from "../executor.ts";
import { fusedRules } from "./fused/index.ts";
import { trace } from "./jaxpr.ts";
import { type FusedRules, lower } from "./lower.ts";
import { OnnxProgram } from "./program.ts";
import { loadRuntime, type Ort } from "./runtime.ts";

export interface OnnxOptions {
  /**
   * Threads of one program. Default: the cores, at most 4. Fewer is better on a shared machine: two
   * threads on one free core ran slower (598 ms a step) than one thread did (325 ms).
   */
  threads?: number;
  /** Fused kernels by jit name; `{}` for the plain lowering. Default: all of `fused/`. */
  fused?: FusedRules;
}

/** Executor on onnxruntime's native CPU kernels: traces with jax-js, lowers to ONNX, one session each. */
export async function createOnnxExecutor(options: OnnxOptions = {}): Promise<Executor> {
  const ort = await loadRuntime();
  await init("wasm");
  defaultDevice("wasm");
  const threads = options.threads ?? defaultThreads();
  const open = new Set<OnnxProgram>();
  return {
    id: "onnx",
    threads,
    async compile(name, program, inputs) {
      const compiled = await compile(ort, { name, program, inputs }, threads, options.fused);
      open.add(compiled);
      return compiled;
    },
    async close() {
      for (const compiled of open) compiled.dispose();
      open.clear();
    },
  };
}

/** Threads used where none are asked for: the cores, at most 4. */
export function defaultThreads(): number {
  return Math.min(4, os.availableParallelism());
}

async function compile(
  ort: Ort,
  source: { name: string; program: Program; inputs: readonly TensorSpec[] },
  threads: number,
  fused: FusedRules = fusedRules,
): Promise<OnnxProgram> {
  const graph = lower(trace(source.program, source.inputs), fused);
  const session = await ort.InferenceSession.create(graph.bytes, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: "all",
    logSeverityLevel: 3,
  });
  return new OnnxProgram(ort, session, graph, source.name, source.inputs);
}
