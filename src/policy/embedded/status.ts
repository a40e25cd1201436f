import { onnxStatus } from "./onnx/index.ts";
import { threadsOfEach } from "./open-executor.ts";
import { defaultThreads } from "./threads.ts";

/** One line of `oppo doctor`: what was looked at, whether it is well, and what to do if not. */
export interface ExecutorFinding {
  name: string;
  ok: boolean;
  detail: string;
  cure: string;
}

/**
 * Which executor runs the embedded policy here and why, then each by itself. The demo's time budget
 * needs the native one; the jax-js one is always there. jax-js has threads of its own only where
 * there are browser workers. Node's can be shimmed in, but a message to every worker for each of a
 * step's 300 small kernels cost as much as it saved (decoding took twice as long); the second
 * thread's half of a batch is one message.
 */
export async function executorStatus(): Promise<ExecutorFinding[]> {
  const native = await onnxStatus();
  const wasm = typeof WebAssembly !== "undefined";
  const why = native.available ? "its native kernels load here" : "the native one does not load";
  const ok = native.available || wasm;
  return [
    {
      name: "policy runs on",
      ok,
      detail: ok ? `${native.available ? "onnx" : "jax"}: ${why}; ${lanes()}` : "nothing",
      cure: ok ? "" : "use Node 20.19 or newer",
    },
    native.available
      ? {
          name: "executor onnx",
          ok: true,
          detail: `onnxruntime ${native.version}, ${denormals(native.denormalsAsZero)}`,
          cure: "",
        }
      : { name: "executor onnx", ok: false, detail: native.reason, cure: native.cure },
    {
      name: "executor jax",
      ok: wasm,
      detail: wasm ? "WebAssembly" : "this runtime has no WebAssembly",
      cure: wasm ? "" : "use Node 20.19 or newer",
    },
  ];
}

function denormals(asZero: boolean): string {
  return asZero
    ? "denormals are 0"
    : "denormals are not taken as 0: attention is slower where positions are hidden";
}

function lanes(): string {
  const threads = defaultThreads();
  if (threads === 1) return "1 thread";
  const each = threadsOfEach(threads);
  return `two halves of a batch at once, on ${each} thread${each === 1 ? "" : "s"} each`;
}
