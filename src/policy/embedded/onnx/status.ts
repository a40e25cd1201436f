import { PolicyError } from "../../../core/errors.ts";
import { loadRuntime, takesDenormalsAsZero } from "./runtime.ts";

/** Whether the native executor can run here, for `oppo doctor`. */
export type OnnxStatus =
  | { readonly available: true; readonly version: string; readonly denormalsAsZero: boolean }
  | { readonly available: false; readonly reason: string; readonly cure: string };

/** Loads the native binary to find out; never throws for a binary that does not load. */
export async function onnxStatus(): Promise<OnnxStatus> {
  try {
    const ort = await loadRuntime();
    const version = ort.env.versions.node ?? ort.env.versions.common;
    return { available: true, version, denormalsAsZero: takesDenormalsAsZero() };
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return { available: false, reason: error.message, cure: error.details.hint ?? "" };
  }
}
