import "../../../core/globals.ts";
import os from "node:os";
import { defaultDevice, init } from "@jax-js/jax";
import { PolicyError } from "../../../core/errors.ts";
import type { Executor, Program, TensorSpec } from "../executor.ts";
import { fusedRules } from "./fused/index.ts";
import type { FinishedGraph } from "./graph.ts";
import { trace } from "./jaxpr.ts";
import { type FusedRules, lower } from "./lower.ts";
import { OnnxProgram } from "./program.ts";
import { loadRuntime, type Ort } from "./runtime.ts";

export interface OnnxOptions {
  /**
   * Threads of one program. Default: the cores, at most 4; give only cores that are really free.
   * Idle threads sleep instead of spinning: on two busy cores, two spinning threads took 150 to 170 ms
   * for a step that one thread did in 50 to 90, two sleeping ones 30 to 70.
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
  const graph = lowerNamed(source, fused);
  const session = await ort.InferenceSession.create(graph.bytes, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: "all",
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: "0" } } },
  });
  return new OnnxProgram(ort, session, graph, source.name, source.inputs);
}

/** Errors of the lowering name the primitive; this adds whose it is. */
function lowerNamed(
  { name, program, inputs }: { name: string; program: Program; inputs: readonly TensorSpec[] },
  fused: FusedRules,
): FinishedGraph {
  try {
    return lower(trace(program, inputs), fused);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw new PolicyError(error.code, `program ${name}: ${error.message}`, { cause: error });
  }
}
