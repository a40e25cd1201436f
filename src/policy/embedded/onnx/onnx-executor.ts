import "../../../core/globals.ts";
import { defaultDevice, init } from "@jax-js/jax";
import { PolicyError } from "../../../core/errors.ts";
import type { Executor, Program } from "../executor.ts";
import type { TensorSpec } from "../tensor.ts";
import { defaultThreads } from "../threads.ts";
import { fusedRules } from "./fused/index.ts";
import type { FusedRules } from "./fused/rule.ts";
import type { FinishedGraph } from "./graph.ts";
import { graphOf } from "./graph-cache.ts";
import { trace } from "./jaxpr.ts";
import { lower } from "./lower.ts";
import { OnnxProgram } from "./program.ts";
import { denormalsAsZero, loadRuntime, type Ort } from "./runtime.ts";
import { holdSessions } from "./shared-sessions.ts";

/**
 * Sessions kept open. One run of OPPO meets some 45 scoring programs and 30 of decoding steps;
 * eight training steps of 64 completions, 8 to 64 tokens long, held 540 MB, those of half as many
 * half of it.
 */
const openSessions = 32;

export interface OnnxOptions {
  /**
   * Threads of one program. Default: the cores, at most 2; give only cores that are really free.
   */
  threads?: number;
  /**
   * Whether threads wait for work spinning, which suits cores that nothing else uses. Default: they
   * sleep. On a busy machine of two cores, a training step took 40 to 70 ms on one thread or on two
   * that sleep, and 80 to 200 ms on two that spin.
   */
  spin?: boolean;
  /** Fused kernels by jit name; `{}` for the plain lowering. Default: all of `fused/`. */
  fused?: FusedRules;
}

/**
 * Executor on onnxruntime's native CPU kernels: traces with jax-js, lowers to ONNX, one session
 * each.
 */
export async function createOnnxExecutor(options: OnnxOptions = {}): Promise<Executor> {
  const ort = await loadRuntime();
  await init("wasm");
  defaultDevice("wasm");
  const { threads = defaultThreads(), spin = false, fused = fusedRules } = options;
  const hold = (kind: string, count: number) =>
    holdSessions(
      `${kind}/${count}/${spin}`,
      (model) => openSession(ort, model, { threads: count, spin }),
      openSessions,
    );
  const sessions = hold("whole", threads);
  const serial = hold("small", 1);
  return {
    id: "onnx",
    threads,
    async compile(name, program, inputs, { identity, small } = {}) {
      const make = () => lowerNamed({ name, program, inputs }, fused);
      // another set of fused kernels makes another graph
      const reusable = identity !== undefined && fused === fusedRules;
      const graph = reusable ? graphOf(identity, make) : make();
      // opened now, so that a graph onnxruntime refuses is an error of compile
      const own = small ? serial : sessions;
      await own.use(graph.bytes, async () => {});
      return new OnnxProgram(ort, own, graph, name, inputs);
    },
    async close() {
      await Promise.all([sessions.close(), serial.close()]);
    },
  };
}

/**
 * Memory patterns would plan one block for a whole run next to the arena's own: a third more
 * memory, and two slow first runs, for no gain afterwards.
 */
async function openSession(
  ort: Ort,
  model: Uint8Array,
  { threads, spin }: { threads: number; spin: boolean },
) {
  try {
    return await ort.InferenceSession.create(model, {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      graphOptimizationLevel: "all",
      enableMemPattern: false,
      // errors arrive as exceptions; the native log would print them a second time
      logSeverityLevel: 4,
      extra: {
        session: { ...denormalsAsZero.session, intra_op: { allow_spinning: spin ? "1" : "0" } },
      },
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PolicyError("ONNX_SESSION", `onnxruntime refuses a lowered program: ${reason}`, {
      hint: "a bug in the ONNX lowering; the jax executor runs the program meanwhile",
      cause,
    });
  }
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
