import "../../core/globals.ts";
import { blockUntilReady, defaultDevice, init, jit, numpy as np } from "@jax-js/jax";
import { PolicyError } from "../../core/errors.ts";
import { checkInputs } from "./check-inputs.ts";
import type { Compiled, Executor, Program } from "./executor.ts";
import type { TensorData, TensorSpec } from "./tensor.ts";

/**
 * Executor on jax-js's own WebAssembly kernels: no native code, one thread. Also the oracle of
 * tests.
 */
export async function createJaxExecutor(): Promise<Executor> {
  const devices = await init("wasm");
  if (!devices.includes("wasm")) {
    throw new PolicyError("JAX_WASM", "this runtime has no WebAssembly", {
      hint: "use Node 20.19 or newer",
    });
  }
  defaultDevice("wasm");
  return {
    id: "jax",
    threads: 1,
    compile: async (name, program, inputs) => compile(name, program, inputs),
    close: async () => {},
  };
}

function compile(name: string, program: Program, specs: readonly TensorSpec[]): Compiled {
  const compiled = jit(program);
  return {
    async run(inputs) {
      checkInputs(name, specs, inputs);
      const arrays = specs.map((spec, index) => toArray(spec, inputs[index] as TensorData));
      const outputs = compiled(...arrays) as np.Array[];
      await blockUntilReady(outputs);
      return Promise.all(outputs.map((output) => output.data() as Promise<TensorData>));
    },
    dispose: () => compiled.dispose(),
  };
}

function toArray(spec: TensorSpec, data: TensorData): np.Array {
  const dtype = spec.dtype === "int32" ? np.int32 : np.float32;
  return np.array(data, { shape: [...spec.shape], dtype });
}
