import type { Graph } from "../graph.ts";
import type { Equation, Jaxpr, JitParams } from "../jaxpr.ts";
import { sameShape } from "../view/shape.ts";
import { shapeOf, type View } from "../view/view.ts";
import type { FusedRule, FusedRules } from "./rule.ts";

/** The lowering under way: the graph it builds, its rules, and how it lowers a definition. */
interface Lowering {
  readonly graph: Graph;
  readonly fused: FusedRules;
  run(jaxpr: Jaxpr, args: readonly View[]): View[];
}

/**
 * jax-js derives names when it differentiates a jit function f: the forward half that also returns
 * residuals is `f_jvp_peval`, the transposed linear half that turns a cotangent back is
 * `f_jvp_resid_t`. Answers nothing where no rule applies; the definition is lowered then.
 */
export function lowerFused(
  lowering: Lowering,
  equation: Equation,
  inputs: readonly View[],
): View[] | undefined {
  const { name } = equation.params as JitParams;
  const base = name.replace(/_jvp_(peval|resid_t)$/, "");
  const rule = Object.hasOwn(lowering.fused, base) ? lowering.fused[base] : undefined;
  if (!rule) return undefined;
  if (name === base) return [rule.forward(lowering.graph, inputs.slice(-rule.arity))];
  if (name.endsWith("_peval")) return lowerForward(lowering, equation, base, rule, inputs);
  return lowerBackward(lowering, equation, base, rule, inputs);
}

/**
 * The fused output, and the residuals of the definition marked with what the backward rule needs.
 * Nothing reads the residuals themselves if the backward rule applies, so they are not computed.
 */
function lowerForward(
  lowering: Lowering,
  equation: Equation,
  name: string,
  rule: FusedRule,
  inputs: readonly View[],
): View[] {
  const { jaxpr } = equation.params as JitParams;
  const args = inputs.slice(-rule.arity);
  const output = rule.forward(lowering.graph, args);
  const residual = { rule: name, inputs: args, output };
  const [, ...residuals] = lowering.run(jaxpr, inputs);
  return [output, ...residuals.map((view) => ({ ...view, residual }))];
}

function lowerBackward(
  lowering: Lowering,
  equation: Equation,
  name: string,
  rule: FusedRule,
  inputs: readonly View[],
): View[] | undefined {
  const residual = inputs.find((view) => view.residual?.rule === name)?.residual;
  if (!residual) return undefined;
  const all = rule.backward(lowering.graph, residual.inputs, residual.output, inputs.at(-1)!);
  return asked(all, equation);
}

/** The cotangents jax-js asks for, told apart by shape where it does not ask for all of them. */
function asked(cotangents: readonly View[], { outBinders }: Equation): View[] | undefined {
  if (cotangents.length === outBinders.length) return [...cotangents];
  const chosen = outBinders.map(({ aval }) =>
    cotangents.filter((view) => sameShape(shapeOf(view), aval.shape)),
  );
  if (chosen.some((candidates) => candidates.length !== 1)) return undefined;
  return chosen.map(([view]) => view!);
}
