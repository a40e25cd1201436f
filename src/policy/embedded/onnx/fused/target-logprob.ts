import type { Graph, Tensor } from "../graph.ts";
import { applyOp } from "../view/elementwise.ts";
import { materialise } from "../view/layout.ts";
import { bare, tensorView, type View } from "../view/view.ts";
import { algebra } from "./algebra.ts";
import type { FusedRule } from "./rule.ts";

/**
 * y = log softmax(x) at each row's target; dx = dy (one-hot − softmax x). The one-hot matrix is
 * never written down: targets are picked and replaced by index, one a row, so no two writes meet.
 */
export const targetLogprob: FusedRule = {
  arity: 3,
  forward(graph, [logits, targets]) {
    const [rows] = materialise(graph, targets!).shape;
    const chosen = pick(graph, logProbs(graph, logits!), columnOf(graph, targets!));
    return tensorView(graph.reshape(chosen, [rows!]));
  },
  backward(graph, [logits, targets, vocabulary], _y, dy) {
    const { times, minus, scaled } = algebra(graph);
    const probs = applyOp(graph, "Exp", [tensorView(logProbs(graph, logits!))], logits!.dtype);
    const column = bare(dy, [...dy.dims, []]);
    const pushed = materialise(graph, times(probs, scaled(column, -1)));
    const at = columnOf(graph, targets!);
    const own = minus(tensorView(pick(graph, pushed, at)), scaled(column, -1));
    const updates = materialise(graph, own);
    const dx = graph.emit("ScatterElements", [pushed, at, updates], pushed.shape, pushed.dtype, {
      axis: 1,
    });
    // integers have no derivative: nobody reads these two
    return [tensorView(dx), targets!, vocabulary!];
  },
};

function logProbs(graph: Graph, logits: View): Tensor {
  const x = materialise(graph, logits);
  return graph.emit("LogSoftmax", [x], x.shape, x.dtype, { axis: 1 });
}

function columnOf(graph: Graph, targets: View): Tensor {
  const flat = materialise(graph, targets);
  return graph.reshape(flat, [flat.shape[0]!, 1]);
}

function pick(graph: Graph, table: Tensor, at: Tensor): Tensor {
  return graph.emit("GatherElements", [table, at], at.shape, table.dtype, { axis: 1 });
}
