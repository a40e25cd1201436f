import { PolicyError } from "../../core/errors.ts";
import type { ExecutorOptions } from "../options.ts";
import type { Executor } from "./executor.ts";
import { createJaxExecutor } from "./jax-executor.ts";

/**
 * The executor asked for. `auto` takes the native one where its binary loads and jax-js otherwise.
 * @throws PolicyError when the one named cannot run here.
 */
export async function openExecutor(options: ExecutorOptions): Promise<Executor> {
  const { name, threads } = options;
  if (name === "jax") return createJaxExecutor();
  try {
    const { createOnnxExecutor } = await import("./onnx/onnx-executor.ts");
    return await createOnnxExecutor(threads === undefined ? {} : { threads });
  } catch (cause) {
    if (name === "auto") return createJaxExecutor();
    throw new PolicyError("ONNX", "the native executor does not load", {
      hint: "run `npm ci`, or set the executor to 'jax'",
      cause,
    });
  }
}
