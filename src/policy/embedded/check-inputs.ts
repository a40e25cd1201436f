import { PolicyError } from "../../core/errors.ts";
import { elements } from "./params.ts";
import type { TensorData, TensorSpec } from "./tensor.ts";

/** @throws PolicyError naming the program and the input whose type or length is not its spec's. */
export function checkInputs(
  program: string,
  specs: readonly TensorSpec[],
  inputs: readonly TensorData[],
): void {
  if (inputs.length !== specs.length) {
    throw new PolicyError(
      "PROGRAM_INPUT",
      `${program}: ${inputs.length} inputs, expected ${specs.length}`,
    );
  }
  specs.forEach((spec, index) => {
    const data = inputs[index] as TensorData;
    const kind = data instanceof Int32Array ? "int32" : "float32";
    const size = elements(spec.shape);
    if (kind !== spec.dtype || data.length !== size) {
      throw new PolicyError(
        "PROGRAM_INPUT",
        `${program}: input '${spec.name}' is ${kind}[${data.length}], expected ${spec.dtype}[${size}]`,
      );
    }
  });
}
