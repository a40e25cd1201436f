import { makeJaxpr, type numpy as np } from "@jax-js/jax";
import { PolicyError } from "../../../core/errors.ts";
import type { Program } from "../executor.ts";
import type { TensorSpec } from "../tensor.ts";
import { type OnnxType, onnxTypes } from "./proto/model.ts";

/**
 * The parts of jax-js's Jaxpr the lowering reads. Its types are published but primitive names and
 * parameters are not: the version is pinned, and every primitive is tested against jax-js.
 */
export interface Aval {
  readonly shape: readonly number[];
  readonly dtype: OnnxType;
}

/** A variable (compared by identity) or, where `value` is present, a scalar literal. */
export interface JaxprAtom {
  readonly aval: Aval;
  readonly value?: number | boolean;
}

export interface Equation {
  readonly primitive: string;
  readonly inputs: readonly JaxprAtom[];
  readonly params: unknown;
  readonly outBinders: readonly JaxprAtom[];
}

export interface Jaxpr {
  readonly inBinders: readonly JaxprAtom[];
  readonly eqns: readonly Equation[];
  readonly outs: readonly JaxprAtom[];
}

export interface Constant extends Aval {
  readonly data: ArrayLike<number>;
}

export interface TracedProgram {
  /** Its first inputs are the constants, the rest the program's arguments. */
  readonly jaxpr: Jaxpr;
  /** Arrays the program closed over. */
  readonly constants: readonly Constant[];
}

/** Parameters of `jit` equations. */
export interface JitParams {
  readonly name: string;
  readonly jaxpr: Jaxpr;
}

/** Traces a program at static shapes. Nothing is computed. */
export function trace(program: Program, inputs: readonly TensorSpec[]): TracedProgram {
  const avals = inputs.map((spec) => new InputAval([...spec.shape], spec.dtype));
  const traced = makeJaxpr(program)(...(avals as unknown as np.Array[]));
  const closed = traced.jaxpr;
  const constants = closed.consts.map((constant) => {
    const array = constant as np.Array;
    return { shape: array.shape, dtype: onnxTypeOf(array.dtype), data: readData(array) };
  });
  closed.dispose();
  return { jaxpr: closed.jaxpr as unknown as Jaxpr, constants };
}

/**
 * An abstract argument. A class, because jax-js would take a plain object for a tree of arguments.
 */
class InputAval {
  readonly shape: number[];
  readonly dtype: string;
  readonly weakType = false;

  constructor(shape: number[], dtype: string) {
    this.shape = shape;
    this.dtype = dtype;
  }
}

function readData(array: np.Array): ArrayLike<number> {
  return array.ref.dataSync() as unknown as ArrayLike<number>;
}

function onnxTypeOf(dtype: string): OnnxType {
  if (dtype in onnxTypes) return dtype as OnnxType;
  throw new PolicyError("ONNX_DTYPE", `dtype ${dtype} has no ONNX counterpart in OPPO`, {
    hint: "use float32 or int32 in the program",
  });
}
