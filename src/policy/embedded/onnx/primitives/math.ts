import { applyOp } from "../view/elementwise.ts";
import { literal } from "../view/view.ts";
import type { Rule, Rules } from "./rule.ts";

/** Functions of one argument. */
export const mathRules: Rules = {
  floor: unary("Floor"),
  ceil: unary("Ceil"),
  sin: unary("Sin"),
  cos: unary("Cos"),
  asin: unary("Asin"),
  atan: unary("Atan"),
  exp: unary("Exp"),
  log: unary("Log"),
  sqrt: unary("Sqrt"),
  erf: unary("Erf"),
  // loses relative precision where erf is close to 1; ONNX has no Erfc
  erfc: ({ graph, inputs: [x] }) => {
    const erf = applyOp(graph, "Erf", [x!], x!.dtype);
    return [applyOp(graph, "Sub", [literal(1, x!.dtype), erf], x!.dtype)];
  },
  stop_gradient: ({ inputs }) => [inputs[0]!],
};

function unary(op: string): Rule {
  return ({ graph, inputs: [x] }) => [applyOp(graph, op, [x!], x!.dtype)];
}
