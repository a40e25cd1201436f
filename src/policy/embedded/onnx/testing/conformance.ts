import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Executor, Program } from "../../executor.ts";
import { fusedRules } from "../fused/index.ts";
import { type Jaxpr, type JitParams, trace } from "../jaxpr.ts";
import { createOnnxExecutor } from "../onnx-executor.ts";
import type { Rules } from "../primitives/rule.ts";
import { compareWithJax, type InputShape, specOf } from "./against-jax.ts";

/** For results where only bytes move or integers are computed. */
export const exact = 0;
/** For a few float32 operations. */
export const rounding = 2e-6;
/** For functions that jax-js approximates by polynomials of its own. */
export const approximated = 1e-5;

/** Tolerance of max |difference| / max |value|, shapes of the random inputs, program. */
export type Case = [tolerance: number, inputs: InputShape[], program: Program];

/** A shape with int32 values in [0, below). */
export const ids = (int: number[], below: number): InputShape => ({ int, below });

/**
 * One test a case: the program through the ONNX executor equals jax-js. And one that the cases
 * leave none of the group's primitives out.
 */
export function describeAgainstJax(group: string, rules: Rules, cases: Record<string, Case>): void {
  describe(group, () => {
    let executor: Executor;
    beforeAll(async () => {
      executor = await createOnnxExecutor({ threads: 2 });
    });
    afterAll(() => executor.close());
    it.each(Object.entries(cases))("%s", async (_name, [tolerance, inputs, program]) => {
      const { worst } = await compareWithJax(executor, program, inputs);
      expect(worst).toBeLessThanOrEqual(tolerance);
    });
    it("has a case for every primitive of the group", () => {
      const seen = new Set(
        Object.values(cases).flatMap(([, inputs, program]) =>
          primitivesOf(trace(program, inputs.map(specOf)).jaxpr),
        ),
      );
      expect(Object.keys(rules).filter((primitive) => !seen.has(primitive))).toEqual([]);
    });
  });
}

/** Within jit functions, too, but for those that a fused kernel takes the place of. */
function primitivesOf({ eqns }: Jaxpr): string[] {
  return eqns.flatMap(({ primitive, params }) => {
    if (primitive !== "jit") return [primitive];
    const { name, jaxpr } = params as JitParams;
    return name in fusedRules ? [] : primitivesOf(jaxpr);
  });
}
