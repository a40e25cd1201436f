import { PolicyError } from "../../../core/errors.ts";

export type Ort = typeof import("onnxruntime-node");

const cure =
  "reinstall with `npm ci`; onnxruntime-node ships CPU binaries for Linux and Windows on x64 and arm64 and for macOS on arm64; elsewhere choose the jax executor";

/** Loads onnxruntime's native binding; where it cannot load, says why and what to do. */
export async function loadRuntime(): Promise<Ort> {
  try {
    const module = await import("onnxruntime-node");
    return (module as unknown as { default?: Ort }).default ?? module;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PolicyError("ONNX_RUNTIME", `onnxruntime-node does not load: ${reason}`, {
      hint: cure,
      cause,
    });
  }
}
