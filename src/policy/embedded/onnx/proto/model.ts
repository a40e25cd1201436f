import { MessageWriter } from "./writer.ts";

/** Element types of ONNX tensors that OPPO emits, with their `TensorProto.DataType` numbers. */
export const onnxTypes = {
  float32: 1,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
} as const;

export type OnnxType = keyof typeof onnxTypes;

/** A node's attribute: integers by default; floats and strings are wrapped to tell them apart. */
export type Attribute = number | readonly number[] | { float: number } | { text: string };
export type Attributes = Readonly<Record<string, Attribute>>;

export interface TensorInfo {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: OnnxType;
}

export interface NodeProto {
  readonly op: string;
  /** `""` for ONNX itself, `com.microsoft` for onnxruntime's own operators. */
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}

export interface ConstantProto extends TensorInfo {
  readonly data: Uint8Array;
}

export interface GraphProto {
  readonly nodes: readonly NodeProto[];
  readonly constants: readonly ConstantProto[];
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
}

/**
 * Opset of the ONNX operators in use: the first where ReduceMax and ReduceMin take axes as input.
 */
const opset = 18;
const irVersion = 8;

/** Serialises a graph as an ONNX `ModelProto` (field numbers: onnx.proto, IR version 8). */
export function encodeModel(graph: GraphProto): Uint8Array {
  return new MessageWriter()
    .int(1, irVersion)
    .string(2, "oppo")
    .message(7, graphMessage(graph))
    .message(8, new MessageWriter().string(1, "").int(2, opset))
    .message(8, new MessageWriter().string(1, "com.microsoft").int(2, 1))
    .finish();
}

function graphMessage(graph: GraphProto): MessageWriter {
  const message = new MessageWriter();
  graph.nodes.forEach((node, i) => {
    message.message(1, nodeMessage(node, `${node.op}_${i}`));
  });
  message.string(2, "program");
  for (const constant of graph.constants) message.message(5, constantMessage(constant));
  for (const input of graph.inputs) message.message(11, valueMessage(input));
  for (const output of graph.outputs) message.message(12, valueMessage(output));
  return message;
}

function nodeMessage(node: NodeProto, name: string): MessageWriter {
  const message = new MessageWriter();
  for (const input of node.inputs) message.string(1, input);
  for (const output of node.outputs) message.string(2, output);
  message.string(3, name).string(4, node.op);
  for (const [key, value] of Object.entries(node.attributes)) {
    message.message(5, attributeMessage(key, value));
  }
  return message.string(7, node.domain);
}

/** `AttributeProto.type`: FLOAT 1, INT 2, STRING 3, INTS 7. */
function attributeMessage(name: string, value: Attribute): MessageWriter {
  const message = new MessageWriter().string(1, name);
  if (typeof value === "number") return message.int(3, value).int(20, 2);
  if ("float" in value) return message.float(2, value.float).int(20, 1);
  if ("text" in value) return message.string(4, value.text).int(20, 3);
  for (const item of value) message.int(8, item);
  return message.int(20, 7);
}

function constantMessage(constant: ConstantProto): MessageWriter {
  const message = new MessageWriter();
  for (const size of constant.shape) message.int(1, size);
  return message.int(2, onnxTypes[constant.dtype]).string(8, constant.name).bytes(9, constant.data);
}

function valueMessage(value: TensorInfo): MessageWriter {
  const shape = new MessageWriter();
  for (const size of value.shape) shape.message(1, new MessageWriter().int(1, size));
  const tensor = new MessageWriter().int(1, onnxTypes[value.dtype]).message(2, shape);
  return new MessageWriter()
    .string(1, value.name)
    .message(2, new MessageWriter().message(1, tensor));
}
