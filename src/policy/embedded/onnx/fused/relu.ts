import { multiply } from "../primitives/arithmetic.ts";
import { castView } from "../primitives/cast.ts";
import { applyOp } from "../view/elementwise.ts";
import type { FusedRule } from "./rule.ts";

/**
 * max(x, 0); dx = dy where y is not 0, so 0 at the kink. As a product it takes two thirds of a
 * choice's time.
 */
export const relu: FusedRule = {
  arity: 1,
  forward: (graph, [x]) => applyOp(graph, "Relu", [x!], x!.dtype),
  backward(graph, _inputs, y, dy) {
    const passed = castView(graph, castView(graph, y, "bool"), y.dtype);
    return [multiply(graph, [dy, passed], y.dtype)];
  },
};
