import { PolicyError } from "../../../core/errors.ts";
import { Graph } from "./graph.ts";

export type Ort = typeof import("onnxruntime-node");

const cure =
  "reinstall with `npm ci`; onnxruntime-node ships CPU binaries for Linux and Windows on x64 and arm64 and for macOS on arm64; elsewhere choose the jax executor";

/**
 * Every session must ask for denormals to be taken as 0. A position that must not be seen has a
 * weight of exp(−103.97) in onnxruntime's softmax, a denormal: computing with those made a softmax
 * five times as slow, and a softmax that hides half of its positions is the rule here.
 *
 * onnxruntime sets the processor's mode, on x64, for its own threads and, at the first session of
 * the process, for the thread that opens it. On Linux, threads started by that one inherit it, a
 * second thread among them. The mode stays when sessions close, and holds for JavaScript and
 * WebAssembly, too: numbers below 1e-38 become 0 in a Float32Array, those below 2e-308 everywhere.
 * A program that opened a session of its own before does without the mode, and without the speed.
 */
export const denormalsAsZero = { session: { set_denormal_as_zero: "1" } } as const;

/** Whether this thread takes denormals as 0. */
export function takesDenormalsAsZero(): boolean {
  // read from a text, for a compiler might work the number out in another mode
  return Float32Array.of(Number("1e-40"))[0] === 0;
}

/** Loads onnxruntime's native binding; where it cannot load, says why and what to do. */
export async function loadRuntime(): Promise<Ort> {
  try {
    const module = await import("onnxruntime-node");
    const ort = (module as unknown as { default?: Ort }).default ?? module;
    await openFirst(ort);
    return ort;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PolicyError("ONNX_RUNTIME", `onnxruntime-node does not load: ${reason}`, {
      hint: cure,
      cause,
    });
  }
}

/** Before any thread is started that shall inherit what the first session sets. */
async function openFirst(ort: Ort): Promise<void> {
  const graph = new Graph();
  const model = graph.finish([graph.input([1], "float32")]);
  const session = await ort.InferenceSession.create(model.bytes, { extra: denormalsAsZero });
  await session.release();
}
