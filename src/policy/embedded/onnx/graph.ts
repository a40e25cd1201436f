import { PolicyError } from "../../../core/errors.ts";
import {
  type Attributes,
  type ConstantProto,
  encodeModel,
  type NodeProto,
  type OnnxType,
  onnxTypes,
  type TensorInfo,
} from "./proto/model.ts";
import { product, sameShape } from "./view/shape.ts";

/** A dense, row-major value inside the ONNX graph. */
export type Tensor = TensorInfo;

export interface FinishedGraph {
  /** The serialised model. */
  readonly bytes: Uint8Array;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  /** How often each operator occurs, for tests and for `bench:engine`. */
  readonly operators: ReadonlyMap<string, number>;
}

/** Constants up to this many elements are shared by value. */
const sharedConstantSize = 64;

/**
 * Collects ONNX nodes. Equal nodes are emitted once (everything here is pure), and `finish` drops
 * what no output needs, so lowering rules may emit freely and let go of what they do not use.
 */
export class Graph {
  readonly #nodes: NodeProto[] = [];
  readonly #constants: ConstantProto[] = [];
  readonly #inputs: Tensor[] = [];
  readonly #emitted = new Map<string, readonly Tensor[]>();
  readonly #shared = new Map<string, Tensor>();
  /** Reshaped tensor name -> what it was reshaped from, so that chains collapse. */
  readonly #reshapedFrom = new Map<string, Tensor>();
  #count = 0;

  input(shape: readonly number[], dtype: OnnxType): Tensor {
    const tensor = { name: `in${this.#inputs.length}`, shape, dtype };
    this.#inputs.push(tensor);
    return tensor;
  }

  /**
   * Adds a node with one output of the given shape; `domain` is `com.microsoft` for fused
   * operators.
   */
  emit(
    op: string,
    inputs: readonly Tensor[],
    shape: readonly number[],
    dtype: OnnxType,
    attributes: Attributes = {},
    domain = "",
  ): Tensor {
    return this.emitMany(op, inputs, [shape], dtype, attributes, domain)[0]!;
  }

  /** Adds a node with one output, of one type, for each of `shapes`. */
  emitMany(
    op: string,
    inputs: readonly Tensor[],
    shapes: readonly (readonly number[])[],
    dtype: OnnxType,
    attributes: Attributes = {},
    domain = "",
  ): readonly Tensor[] {
    const names = inputs.map((input) => input.name);
    const key = `${op}|${names}|${shapes.length}|${JSON.stringify(attributes)}`;
    const known = this.#emitted.get(key);
    if (known) return known;
    const tensors = shapes.map((shape) => ({ name: `t${this.#count++}`, shape, dtype }));
    const outputs = tensors.map((tensor) => tensor.name);
    this.#nodes.push({ op, domain, inputs: names, outputs, attributes });
    this.#emitted.set(key, tensors);
    return tensors;
  }

  constant(dtype: OnnxType, shape: readonly number[], data: ArrayLike<number>): Tensor {
    const small = product(shape) <= sharedConstantSize;
    const values = small ? Array.from(data, (x) => (Object.is(x, -0) ? "-0" : x)) : [];
    const key = `${dtype}|${shape}|${values}`;
    const known = small ? this.#shared.get(key) : undefined;
    if (known) return known;
    const tensor = { name: `c${this.#count++}`, shape, dtype };
    this.#constants.push({ ...tensor, data: rawBytes(dtype, data) });
    if (small) this.#shared.set(key, tensor);
    return tensor;
  }

  /** A one-dimensional int64 constant: shapes, axes, slice bounds. */
  int64s(values: readonly number[]): Tensor {
    return this.constant("int64", [values.length], values);
  }

  reshape(tensor: Tensor, shape: readonly number[]): Tensor {
    const root = this.#reshapedFrom.get(tensor.name) ?? tensor;
    if (sameShape(root.shape, shape)) return root;
    const result = this.emit("Reshape", [root, this.int64s(shape)], shape, tensor.dtype);
    this.#reshapedFrom.set(result.name, root);
    return result;
  }

  cast(tensor: Tensor, dtype: OnnxType): Tensor {
    if (tensor.dtype === dtype) return tensor;
    return this.emit("Cast", [tensor], tensor.shape, dtype, { to: onnxTypes[dtype] });
  }

  finish(results: readonly Tensor[]): FinishedGraph {
    const outputs = this.#distinctOutputs(results);
    const live = new Set(outputs.map((output) => output.name));
    const nodes: NodeProto[] = [];
    for (const node of this.#nodes.toReversed()) {
      if (!node.outputs.some((output) => live.has(output))) continue;
      nodes.push(node);
      for (const input of node.inputs) live.add(input);
    }
    nodes.reverse();
    const constants = this.#constants.filter((constant) => live.has(constant.name));
    const operators = new Map<string, number>();
    for (const { op } of nodes) operators.set(op, (operators.get(op) ?? 0) + 1);
    const bytes = encodeModel({ nodes, constants, inputs: this.#inputs, outputs });
    return { bytes, inputs: this.#inputs, outputs, operators };
  }

  /**
   * ONNX wants outputs to be distinct node results: inputs, constants and repeats get an Identity.
   */
  #distinctOutputs(results: readonly Tensor[]): Tensor[] {
    const produced = new Set(this.#nodes.flatMap((node) => node.outputs));
    return results.map((tensor) => {
      if (produced.delete(tensor.name)) return tensor;
      const copy = { ...tensor, name: `t${this.#count++}` };
      const names = { inputs: [tensor.name], outputs: [copy.name] };
      this.#nodes.push({ op: "Identity", domain: "", attributes: {}, ...names });
      return copy;
    });
  }
}

function rawBytes(dtype: OnnxType, data: ArrayLike<number>): Uint8Array {
  const array = typedArray(dtype, data);
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function typedArray(dtype: OnnxType, data: ArrayLike<number>): ArrayBufferView {
  switch (dtype) {
    case "float32":
      return data instanceof Float32Array ? data : Float32Array.from(data);
    case "int32":
      return data instanceof Int32Array ? data : Int32Array.from(data);
    case "uint32":
      return data instanceof Uint32Array ? data : Uint32Array.from(data);
    case "float64":
      return data instanceof Float64Array ? data : Float64Array.from(data);
    case "int64":
      return BigInt64Array.from(Array.from(data, BigInt));
    case "bool":
      return Uint8Array.from(data, Number);
    case "float16":
      throw new PolicyError("ONNX_CONSTANT", "float16 constants cannot be lowered to ONNX", {
        hint: "keep constants of the program in float32",
      });
  }
}
