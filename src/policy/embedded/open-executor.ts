import { PolicyError } from "../../core/errors.ts";
import type { ExecutorName, ExecutorOptions } from "../options.ts";
import type { Executor } from "./executor.ts";
import { createJaxExecutor } from "./jax-executor.ts";
import { type SecondThread, secondThreadFor } from "./second-thread.ts";
import { defaultThreads } from "./threads.ts";

/** An executor, and the second thread that half of a policy's work may go to. */
export interface OpenedExecutor extends Executor {
  readonly second?: SecondThread;
}

/**
 * The executor asked for. `auto` takes the native one where its binary loads, else jax-js.
 * From two threads on half of them belong to a second thread, which does half of the work: halves
 * of a batch keep two cores busier than one program that is divided operator by operator.
 * @throws PolicyError when the one named cannot run here.
 */
export async function openExecutor(options: ExecutorOptions): Promise<OpenedExecutor> {
  const { threads = defaultThreads() } = options;
  const each = { ...options, threads: threadsOfEach(threads) };
  const executor = await openOneExecutor(each);
  if (threads === 1) return executor;
  // by the name found here: halves of a batch must come from one engine
  const second = await secondThreadFor({ ...each, name: executor.id as ExecutorName });
  return { ...executor, threads: 2 * executor.threads, second };
}

/** Threads of each half. */
export function threadsOfEach(threads: number): number {
  return Math.max(1, Math.floor(threads / 2));
}

/** As `openExecutor`, without a second thread. */
export async function openOneExecutor(options: ExecutorOptions): Promise<Executor> {
  const { name, threads } = options;
  if (name === "jax") return createJaxExecutor();
  try {
    const { createOnnxExecutor } = await import("./onnx/onnx-executor.ts");
    return await createOnnxExecutor(threads === undefined ? {} : { threads });
  } catch (cause) {
    const binary = cause instanceof PolicyError && cause.code === "ONNX_RUNTIME";
    if (!binary) throw cause;
    if (name === "auto") return { ...(await createJaxExecutor()), insteadOf: cause.message };
    throw new PolicyError("ONNX", "the native executor does not load", {
      hint: "run `npm ci`, or set the executor to 'jax'",
      cause,
    });
  }
}
