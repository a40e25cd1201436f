import type { numpy as np } from "@jax-js/jax";
import type { TensorData, TensorSpec } from "./tensor.ts";

/**
 * Runs one pure jax-js function at one set of static shapes. Model and step are written once, in
 * jax-js; an executor decides what runs them (jax-js's own WebAssembly kernels, or onnxruntime's
 * native ones).
 */
export interface Executor {
  readonly id: string;
  /** All that it computes with. */
  readonly threads: number;
  /** Why this is not the native executor, where that was wanted and does not load. */
  readonly insteadOf?: string;
  /**
   * `program` consumes its arguments' references (jax-js ownership) and returns its outputs, flat.
   */
  compile(
    name: string,
    program: Program,
    inputs: readonly TensorSpec[],
    hints?: CompileHints,
  ): Promise<Compiled>;
  close(): Promise<void>;
}

/** What an executor may make use of; results are the same without. */
export interface CompileHints {
  /**
   * Programs of equal identity are the same program: what was made of the first may serve again.
   */
  identity?: string;
  /** So little work a run that dividing it among threads costs more than it saves. */
  small?: boolean;
}

export type Program = (...inputs: np.Array[]) => np.Array[];

export interface Compiled {
  /** Outputs stay valid until the next `run` of the same program. */
  run(inputs: readonly TensorData[]): Promise<TensorData[]>;
  dispose(): void;
}
