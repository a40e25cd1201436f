import type { Graph } from "../graph.ts";
import { type OnnxType, onnxTypes } from "../proto/model.ts";
import { elementwise } from "../view/elementwise.ts";
import { literal, literalValue, shapeOf, type View } from "../view/view.ts";
import type { Rules } from "./rule.ts";

export const castRules: Rules = {
  cast: ({ graph, inputs: [x], params }) => [
    castView(graph, x!, (params as { dtype: OnnxType }).dtype),
  ],
};

/** The value in another type: floats truncate towards zero on the way to int32, as in jax-js. */
export function castView(graph: Graph, view: View, dtype: OnnxType): View {
  if (view.dtype === dtype) return view;
  const value = literalValue(view);
  if (value !== undefined) return literal(castNumber(value, dtype), dtype, shapeOf(view));
  return elementwise(graph, [view], dtype, ([tensor], shape) =>
    graph.emit("Cast", [tensor!], shape, dtype, { to: onnxTypes[dtype] }),
  );
}

function castNumber(value: number, dtype: OnnxType): number {
  if (dtype === "bool") return value === 0 ? 0 : 1;
  if (dtype === "float32") return Math.fround(value);
  return dtype === "float64" || dtype === "float16" ? value : Math.trunc(value);
}
