import type { Graph } from "../graph.ts";
import type { OnnxType } from "../proto/model.ts";
import { applyOp, elementwise } from "../view/elementwise.ts";
import { broadcastShape, sameShape } from "../view/shape.ts";
import {
  broadcastTo,
  literal,
  literalValue,
  shapeOf,
  sourceSize,
  type View,
} from "../view/view.ts";
import { castView } from "./cast.ts";
import { addDisjoint } from "./pieces.ts";
import type { Rule, Rules } from "./rule.ts";

export const arithmeticRules: Rules = {
  add: binary(add),
  mul: binary(multiply),
  neg: ({ graph, inputs: [x] }) => [scale(graph, x!, -1)],
  reciprocal: ({ graph, inputs: [x] }) => {
    const value = literalValue(x!);
    if (value !== undefined) return [literal(1 / value, x!.dtype, shapeOf(x!))];
    return [{ ...applyOp(graph, "Reciprocal", [x!], x!.dtype), inverseOf: x! }];
  },
  min: binary(extreme("Min", Math.min)),
  max: binary(extreme("Max", Math.max)),
  idiv: binary((graph, [x, y], dtype) => {
    const quotient = applyOp(graph, "Div", [x, y], dtype);
    return isFloat(dtype) ? truncated(graph, quotient) : quotient;
  }),
  // sign of the numerator, as in C and JavaScript
  mod: binary((graph, inputs, dtype) =>
    elementwise(graph, inputs, dtype, (tensors, shape) =>
      graph.emit("Mod", tensors, shape, dtype, { fmod: 1 }),
    ),
  ),
};

type Combine = (graph: Graph, inputs: [View, View], dtype: OnnxType) => View;

/** Casts both operands to the result type first; jax-js promotes weakly typed literals. */
function binary(combine: Combine): Rule {
  return ({ graph, inputs, outputs }) => {
    const { dtype } = outputs[0]!;
    const [x, y] = inputs.map((view) => castView(graph, view, dtype)) as [View, View];
    return [combine(graph, [x, y], dtype)];
  };
}

/** x + y. On bool this is "or". */
export function add(graph: Graph, [x, y]: [View, View], dtype: OnnxType): View {
  if (dtype === "bool") return applyOp(graph, "Or", [x, y], dtype);
  const [p, q] = [literalValue(x), literalValue(y)];
  const shape = broadcastShape([shapeOf(x), shapeOf(y)]);
  if (p !== undefined && q !== undefined) return literal(p + q, dtype, shape);
  if (p === 0) return reachingShape(y, shape);
  if (q === 0) return reachingShape(x, shape);
  const joined = addDisjoint(graph, x, y);
  if (joined) return joined;
  if (y.scaled?.by === -1) return applyOp(graph, "Sub", [x, y.scaled.of], dtype);
  if (x.scaled?.by === -1) return applyOp(graph, "Sub", [y, x.scaled.of], dtype);
  return applyOp(graph, "Add", [x, y], dtype);
}

/**
 * x · y, folding 0 and 1 as jax-js's own simplifier does (so 0 · NaN is 0). On bool this is "and".
 */
export function multiply(graph: Graph, [x, y]: [View, View], dtype: OnnxType): View {
  if (dtype === "bool") return applyOp(graph, "And", [x, y], dtype);
  const shape = broadcastShape([shapeOf(x), shapeOf(y)]);
  const [p, q] = [literalValue(x), literalValue(y)];
  if (p !== undefined && q !== undefined) return literal(p * q, dtype, shape);
  if (p !== undefined) return scale(graph, reachingShape(y, shape), p);
  if (q !== undefined) return scale(graph, reachingShape(x, shape), q);
  const divided = divide(graph, x, y) ?? divide(graph, y, x);
  return divided ?? { ...applyOp(graph, "Mul", [x, y], dtype), factors: [x, y] };
}

/** x · factor; chains of scales become one. */
export function scale(graph: Graph, x: View, factor: number): View {
  const value = literalValue(x);
  const shape = shapeOf(x);
  if (value !== undefined) return literal(value * factor, x.dtype, shape);
  if (factor === 0) return literal(0, x.dtype, shape);
  if (factor === 1) return x;
  const of = x.scaled?.of ?? x;
  const by = (x.scaled?.by ?? 1) * factor;
  if (by === 1) return of;
  const folded = foldedScale(x, factor);
  if (folded) return folded;
  const scaled =
    by === -1
      ? applyOp(graph, "Neg", [of], x.dtype)
      : applyOp(graph, "Mul", [of, literal(by, x.dtype)], x.dtype);
  return { ...scaled, scaled: { of, by } };
}

/** The factor inside the deferred value itself, where nothing else reads that value. */
function foldedScale({ source, dims, dtype }: View, factor: number): View | undefined {
  if (source.kind !== "deferred" || source.placed || source.shared) return undefined;
  const scaled = source.scale?.(factor);
  return scaled && { source: scaled, dims, dtype };
}

/**
 * x · (1/d) as one division, where d is as large as x: for a smaller d its few reciprocals are
 * cheaper.
 */
function divide(graph: Graph, x: View, y: View): View | undefined {
  const divisor = y.inverseOf;
  if (!divisor || sourceSize(divisor) < sourceSize(x)) return undefined;
  return applyOp(graph, "Div", [x, divisor], x.dtype);
}

function extreme(op: "Min" | "Max", fold: (a: number, b: number) => number): Combine {
  return (graph, [x, y], dtype) => {
    if (dtype === "bool") return applyOp(graph, op === "Min" ? "And" : "Or", [x, y], dtype);
    const [p, q] = [literalValue(x), literalValue(y)];
    if (p === undefined || q === undefined) return applyOp(graph, op, [x, y], dtype);
    return literal(fold(p, q), dtype, broadcastShape([shapeOf(x), shapeOf(y)]));
  };
}

/**
 * Rounds towards zero: ONNX has no Trunc, so take the floor of the magnitude and restore the sign.
 */
function truncated(graph: Graph, x: View): View {
  const magnitude = applyOp(graph, "Floor", [applyOp(graph, "Abs", [x], x.dtype)], x.dtype);
  return applyOp(graph, "Mul", [magnitude, applyOp(graph, "Sign", [x], x.dtype)], x.dtype);
}

function reachingShape(view: View, shape: readonly number[]): View {
  return sameShape(shapeOf(view), shape) ? view : broadcastTo(view, shape);
}

function isFloat(dtype: OnnxType): boolean {
  return dtype.startsWith("float");
}
