import { PolicyError } from "../../../core/errors.ts";
import { lowerFused } from "./fused/lower-fused.ts";
import type { FusedRules } from "./fused/rule.ts";
import { type FinishedGraph, Graph } from "./graph.ts";
import type { Constant, Equation, Jaxpr, JaxprAtom, JitParams, TracedProgram } from "./jaxpr.ts";
import { primitiveRules } from "./primitives/index.ts";
import { materialise } from "./view/layout.ts";
import { sameShape } from "./view/shape.ts";
import { literal, shapeOf, tensorView, type View } from "./view/view.ts";

/** Lowers a traced program to one ONNX graph; its inputs are the program's arguments, in order. */
export function lower(traced: TracedProgram, fused: FusedRules = {}): FinishedGraph {
  const { jaxpr, constants } = traced;
  const graph = new Graph();
  const closedOver = constants.map((constant) => constantView(graph, constant));
  const args = jaxpr.inBinders
    .slice(constants.length)
    .map(({ aval }) => tensorView(graph.input(aval.shape, aval.dtype)));
  const results = new Lowering(graph, fused).run(jaxpr, [...closedOver, ...args]);
  return graph.finish(results.map((view) => materialise(graph, view)));
}

/** Walks equations in order and keeps the view of every variable. */
export class Lowering {
  readonly graph: Graph;
  readonly fused: FusedRules;

  constructor(graph: Graph, fused: FusedRules) {
    this.graph = graph;
    this.fused = fused;
  }

  run(jaxpr: Jaxpr, args: readonly View[]): View[] {
    const values = new Map<JaxprAtom, View>();
    const reads = countReads(jaxpr);
    const define = (variable: JaxprAtom, view: View) => {
      if (view.source.kind === "deferred" && (reads.get(variable) ?? 0) > 1) {
        view.source.shared = true;
      }
      values.set(variable, view);
    };
    const read = (atom: JaxprAtom) =>
      values.get(atom) ?? literal(Number(atom.value), atom.aval.dtype);
    jaxpr.inBinders.forEach((variable, i) => {
      define(variable, args[i]!);
    });
    for (const equation of jaxpr.eqns) {
      refuseEmpty(equation);
      const results = this.#equation(equation, equation.inputs.map(read));
      equation.outBinders.forEach((variable, i) => {
        define(variable, checkedShape(equation, results[i]!, variable.aval.shape));
      });
    }
    return jaxpr.outs.map(read);
  }

  #equation(equation: Equation, inputs: readonly View[]): View[] {
    if (equation.primitive === "jit") {
      const { jaxpr } = equation.params as JitParams;
      return lowerFused(this, equation, inputs) ?? this.run(jaxpr, inputs);
    }
    const rule = primitiveRules[equation.primitive];
    if (!rule) throw unknownPrimitive(equation.primitive);
    const outputs = equation.outBinders.map(({ aval }) => aval);
    return rule({ graph: this.graph, inputs, params: equation.params, outputs });
  }
}

/** A uniform array becomes a literal, which broadcasts for free and folds; others are embedded. */
function constantView(graph: Graph, { shape, dtype, data }: Constant): View {
  const first = Number(data[0]);
  const uniform = data.length > 0 && Array.prototype.every.call(data, (x) => Number(x) === first);
  if (uniform) return literal(first, dtype, shape);
  return tensorView(graph.constant(dtype, shape, data));
}

function countReads(jaxpr: Jaxpr): Map<JaxprAtom, number> {
  const reads = new Map<JaxprAtom, number>();
  for (const atom of [...jaxpr.eqns.flatMap(({ inputs }) => inputs), ...jaxpr.outs]) {
    reads.set(atom, (reads.get(atom) ?? 0) + 1);
  }
  return reads;
}

/** Views factor sizes, which 0 does not allow. */
function refuseEmpty({ primitive, inputs, outBinders }: Equation): void {
  const empty = [...inputs, ...outBinders].find(({ aval }) => aval.shape.includes(0));
  if (!empty) return;
  throw new PolicyError(
    "ONNX_EMPTY",
    `the ONNX executor cannot lower ${primitive} with an empty array [${empty.aval.shape}]`,
    { hint: "leave empty arrays out of the program" },
  );
}

function checkedShape(equation: Equation, view: View, shape: readonly number[]): View {
  if (sameShape(shapeOf(view), shape)) return view;
  throw new PolicyError(
    "ONNX_LOWERING",
    `lowering ${equation.primitive} gave shape [${shapeOf(view)}] instead of [${shape}]`,
    { hint: "a bug in the ONNX lowering; the jax executor runs the program meanwhile" },
  );
}

function unknownPrimitive(name: string): PolicyError {
  return new PolicyError("ONNX_PRIMITIVE", `the ONNX executor cannot lower primitive "${name}"`, {
    hint: 'add a rule under src/policy/embedded/onnx/primitives, or use executor "jax"',
  });
}
