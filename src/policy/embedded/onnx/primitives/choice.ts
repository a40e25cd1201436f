import type { Graph } from "../graph.ts";
import type { OnnxType } from "../proto/model.ts";
import { applyOp, elementwise } from "../view/elementwise.ts";
import { broadcastShape } from "../view/shape.ts";
import { broadcastTo, literal, literalValue, shapeOf, type View } from "../view/view.ts";
import { castView } from "./cast.ts";
import type { Rules } from "./rule.ts";

type Comparison = "less" | "equal" | "not_equal" | "less_equal";

/** Comparisons and selections. */
export const choiceRules: Rules = {
  compare: ({ graph, inputs: [x, y], params }) => [
    compare(graph, (params as { op: Comparison }).op, x!, y!),
  ],
  where: ({ graph, inputs: [condition, x, y], outputs }) => [
    where(graph, condition!, x!, y!, outputs[0]!.dtype),
  ],
};

const operators = { less: "Less", equal: "Equal", less_equal: "LessOrEqual" } as const;

const comparisons: Record<Comparison, (a: number, b: number) => boolean> = {
  less: (a, b) => a < b,
  equal: (a, b) => a === b,
  not_equal: (a, b) => a !== b,
  less_equal: (a, b) => a <= b,
};

export function compare(graph: Graph, op: Comparison, x: View, y: View): View {
  if (op === "not_equal" && literalValue(x) === undefined) {
    return applyOp(graph, "Not", [compare(graph, "equal", x, y)], "bool");
  }
  const [p, q] = [literalValue(x), literalValue(y)];
  if (p !== undefined && q !== undefined) {
    const shape = broadcastShape([shapeOf(x), shapeOf(y)]);
    return literal(comparisons[op](p, q) ? 1 : 0, "bool", shape);
  }
  if (op === "not_equal") return compare(graph, op, y, x);
  const dtype = comparedType(x, y);
  const operands = [castView(graph, x, dtype), castView(graph, y, dtype)];
  return elementwise(graph, operands, "bool", (tensors, shape) =>
    graph.emit(operators[op], tensors, shape, "bool"),
  );
}

/**
 * The type to compare in: a literal follows the other side; else float wins; ORT has no bool Less.
 */
function comparedType(x: View, y: View): OnnxType {
  const isFloat = (view: View) => view.dtype.startsWith("float");
  if (x.dtype === y.dtype) return x.dtype === "bool" ? "int32" : x.dtype;
  if (isFloat(x) !== isFloat(y)) return isFloat(x) ? x.dtype : y.dtype;
  if (literalValue(x) !== undefined) return y.dtype;
  return x.dtype === "bool" ? y.dtype : x.dtype;
}

export function where(graph: Graph, condition: View, x: View, y: View, dtype: OnnxType): View {
  const shape = broadcastShape([condition, x, y].map(shapeOf));
  const fixed = literalValue(condition);
  if (fixed !== undefined) return castView(graph, broadcastTo(fixed ? x : y, shape), dtype);
  if (dtype === "bool") return whereBool(graph, condition, x, y);
  const choices = [castView(graph, x, dtype), castView(graph, y, dtype)];
  return elementwise(graph, [condition, ...choices], dtype, (tensors, sizes) =>
    graph.emit("Where", tensors, sizes, dtype),
  );
}

/** onnxruntime's CPU Where takes no bool: choose in int32. */
function whereBool(graph: Graph, condition: View, x: View, y: View): View {
  return castView(graph, where(graph, condition, x, y, "int32"), "bool");
}
