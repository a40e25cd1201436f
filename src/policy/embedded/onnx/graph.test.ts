import ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { PolicyError } from "../../../core/errors.ts";
import { type FinishedGraph, Graph } from "./graph.ts";

const run = async (graph: FinishedGraph, ...inputs: number[][]) => {
  const session = await ort.InferenceSession.create(graph.bytes);
  const feeds = Object.fromEntries(
    graph.inputs.map(({ name, shape }, i) => [
      name,
      new ort.Tensor("float32", Float32Array.from(inputs[i]!), shape),
    ]),
  );
  const results = await session.run(feeds);
  return graph.outputs.map(({ name }) => Array.from(results[name]!.data as Float32Array));
};

describe("Graph", () => {
  it("serialises a model that onnxruntime loads: every attribute type, constants, domains", async () => {
    const graph = new Graph();
    const x = graph.input([2, 3], "float32");
    const transposed = graph.emit("Transpose", [x], [3, 2], "float32", { perm: [1, 0] });
    const scaled = graph.emit("Gemm", [x, transposed], [2, 2], "float32", {
      alpha: { float: 0.5 },
    });
    const padded = graph.emit("Pad", [scaled, graph.int64s([0, 0, 0, 1])], [2, 3], "float32", {
      mode: { text: "reflect" },
    });
    const gelu = graph.emit("FastGelu", [padded], [2, 3], "float32", {}, "com.microsoft");
    const [gram, activated] = await run(graph.finish([scaled, gelu]), [1, 2, 3, 4, 5, 6]);
    expect(gram).toEqual([7, 16, 16, 38.5]);
    [7, 16, 7, 16, 38.5, 16].forEach((value, i) => {
      expect(activated![i]).toBeCloseTo(value, 4);
    });
  });

  it("emits equal nodes and small constants once, and drops what no output needs", () => {
    const graph = new Graph();
    const x = graph.input([4], "float32");
    const two = () => graph.constant("float32", [], [2]);
    const product = () => graph.emit("Mul", [x, two()], [4], "float32");
    expect(product()).toBe(product());
    graph.emit("Exp", [x], [4], "float32");
    const sum = graph.emit("Add", [product(), product()], [4], "float32");
    expect(Object.fromEntries(graph.finish([sum]).operators)).toEqual({ Mul: 1, Add: 1 });
  });

  it("tells 0 from -0 among shared constants", () => {
    const graph = new Graph();
    const zero = graph.constant("float32", [], [0]);
    expect(graph.constant("float32", [], [-0])).not.toBe(zero);
  });

  it("collapses chains of reshapes", () => {
    const graph = new Graph();
    const x = graph.input([6], "float32");
    expect(graph.reshape(graph.reshape(x, [2, 3]), [6])).toBe(x);
    expect(graph.reshape(graph.reshape(x, [2, 3]), [3, 2])).toBe(graph.reshape(x, [3, 2]));
  });

  it("returns inputs, constants and repeated outputs as outputs of their own", async () => {
    const graph = new Graph();
    const x = graph.input([2], "float32");
    const c = graph.constant("float32", [2], [5, 6]);
    const y = graph.emit("Neg", [x], [2], "float32");
    const results = await run(graph.finish([x, c, y, y]), [1, 2]);
    expect(results).toEqual([
      [1, 2],
      [5, 6],
      [-1, -2],
      [-1, -2],
    ]);
  });

  it("refuses float16 constants by name", () => {
    expect(() => new Graph().constant("float16", [1], [1])).toThrow(PolicyError);
  });
});
