import { compare, where } from "../primitives/choice.ts";
import { applyOp } from "../view/elementwise.ts";
import { literal } from "../view/view.ts";
import type { FusedRule } from "./rule.ts";

/** max(x, 0); dx = dy where y > 0, so 0 at the kink. */
export const relu: FusedRule = {
  arity: 1,
  forward: (graph, [x]) => applyOp(graph, "Relu", [x!], x!.dtype),
  backward(graph, _inputs, y, dy) {
    const zero = literal(0, y.dtype);
    return [where(graph, compare(graph, "less", zero, y), dy, zero, y.dtype)];
  },
};
