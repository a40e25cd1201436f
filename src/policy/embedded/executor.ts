import type { numpy as np } from "@jax-js/jax";

/**
 * Runs one pure jax-js function at one set of static shapes. Model and step are written once, in jax-js;
 * an executor decides what runs them (jax-js's own WebAssembly kernels, or onnxruntime's native ones).
 */
export interface Executor {
  readonly id: string;
  readonly threads: number;
  /** `program` consumes its arguments' references (jax-js ownership) and returns its outputs, flat. */
  compile(name: string, program: Program, inputs: readonly TensorSpec[]): Promise<Compiled>;
  close(): Promise<void>;
}

export type Program = (...inputs: np.Array[]) => np.Array[];

export interface TensorSpec {
  name: string;
  shape: readonly number[];
  dtype: "float32" | "int32";
}

export type TensorData = Float32Array | Int32Array;

export interface Compiled {
  /** Outputs stay valid until the next `run` of the same program. */
  run(inputs: readonly TensorData[]): Promise<TensorData[]>;
  dispose(): void;
}
