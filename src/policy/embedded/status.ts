import { onnxStatus } from "./onnx/index.ts";

/** One line of `oppo doctor`: what was looked at, whether it is well, and what to do if not. */
export interface ExecutorFinding {
  name: string;
  ok: boolean;
  detail: string;
  cure: string;
}

/**
 * Which executors run here. The demo's time budget needs the native one; the jax-js one is always there.
 * jax-js has threads only where there are browser workers. Node's can be shimmed in, but a message to
 * every worker for each of a step's 300 small kernels cost as much as it saved (decoding took twice as long).
 */
export async function executorStatus(): Promise<ExecutorFinding[]> {
  const native = await onnxStatus();
  const wasm = typeof WebAssembly !== "undefined";
  return [
    native.available
      ? {
          name: "executor onnx",
          ok: true,
          detail: `onnxruntime ${native.version}, ${native.threads} threads`,
          cure: "",
        }
      : { name: "executor onnx", ok: false, detail: native.reason, cure: native.cure },
    {
      name: "executor jax",
      ok: wasm,
      detail: wasm ? "WebAssembly, 1 thread" : "this runtime has no WebAssembly",
      cure: wasm ? "" : "use Node 20.19 or newer",
    },
  ];
}
