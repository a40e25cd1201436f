import { product } from "../view/shape.ts";
import { bare, broadcastTo, shapeOf, sourceSize, type View } from "../view/view.ts";
import { dot } from "./dot.ts";
import type { Reduction } from "./reduce.ts";
import type { Operation } from "./rule.ts";

/**
 * Σ x·y where an operand is broadcast is a matrix product, whichever dims are summed; as such it
 * never writes the products down. Attention over a cache, one query row against all keys, takes
 * half the time that way.
 */
export function sumOfProducts({ graph, inputs: [sum], params }: Operation): View[] | undefined {
  const { op, axis } = params as { op: Reduction; axis: readonly number[] };
  const { factors, dtype } = sum!;
  if (op !== "Add" || !factors || dtype !== "float32") return undefined;
  const shape = shapeOf(sum!);
  const full = product(shape);
  if (factors.every((factor) => sourceSize(factor) === full)) return undefined;
  const [x, y] = factors.map((factor) => {
    const { dims } = broadcastTo(factor, shape);
    const kept = dims.filter((_, i) => !axis.includes(i));
    return bare(factor, [...kept, axis.flatMap((i) => dims[i]!)]);
  });
  return [dot(graph, x!, y!)];
}
