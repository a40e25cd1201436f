import { LossError } from "../core/errors.ts";
import { monitor } from "./monitors.ts";
import type { LossOptions } from "./options.ts";
import { addScaled, zeroResult } from "./result.ts";
import { type LossPass, type LossResult, type LossSample, lossPasses } from "./sample.ts";
import { selectorOf } from "./selectors.ts";
import { type ClaimSelector, everyClaim, type LossTerm } from "./term.ts";
import { activeTerms, lossTerms } from "./terms.ts";
import { type BatchTotals, measureTotals } from "./totals.ts";
import { checkPasses, validateBatch } from "./validate.ts";

/** What lies outside the batch. */
export interface ObjectiveContext {
  /** Totals of the global batch when `batch` is only a part of it. Default: measured on `batch`. */
  totals?: BatchTotals;
  /**
   * With `totals`: those of the claims that other selectors than `everyClaim` pick, by selector id
   * (`measureTotals(selectClaims(part, selector))`, added up over all parts).
   */
  selected?: Readonly<Record<string, BatchTotals>>;
  /** 0 to 1, scales the suppressive terms: the claim controller's verdict. Default 1. */
  suppression?: number;
  /** What is summed. Default: the table of terms. */
  terms?: readonly LossTerm[];
}

/**
 * The whole objective (docs/method.md#objective): surrogate + weighted auxiliary terms, listed in
 * docs/objectives.md. Pure; minimise it by handing `gradient` to the policy, pass by pass. A term
 * whose masked pass a sample lacks skips that sample and weighs the rest up, so that passes may
 * alternate between steps and rollouts.
 *
 * Metrics: `loss/<term>` unweighted, `gradient/<term>` the L2 norm of its weighted gradient on
 * log-probs, and the monitors (docs/method.md#metrics).
 * @throws LossError naming sample, pass and token on lengths, non-finite log-probs or claim tokens
 *   outside; PASSES_MISSING, BOTH_PASSES_MISSING where no sample of the whole batch has a masked
 *   pass that a term compares with; TOTALS_MISSING for a selector whose totals were not given.
 */
export function omniPerceptionObjective(
  batch: readonly LossSample[],
  options: LossOptions,
  context: ObjectiveContext = {},
): LossResult {
  const { terms = lossTerms, suppression = 1 } = context;
  validateBatch(batch, options, terms);
  const totals = context.totals ?? measureTotals(batch);
  const active = activeTerms(options, terms).map((term) => ({
    term,
    seen: selected(batch, totals, selectorOf(term, options), context),
  }));
  for (const { term, seen } of active) checkPasses(term, options, seen.totals);
  const total = zeroResult(batch);
  const norms: Record<string, number> = {};
  for (const { term, seen } of active) {
    const weight = (term.suppressive ? suppression : 1) * term.weight(options);
    if (weight === 0) continue;
    const result = term.compute(seen.batch, options, seen.totals);
    addScaled(total, result, weight);
    Object.assign(total.metrics, result.metrics, { [`loss/${term.name}`]: result.loss });
    norms[`gradient/${term.name}`] = weight * gradientNorm(result);
  }
  Object.assign(total.metrics, norms, monitor(batch, total.gradient));
  return total;
}

/** L2 norm of dL/dlogp over the given passes (all by default), whole-vocabulary rows included. */
export function gradientNorm(
  result: Pick<LossResult, "gradient" | "whole">,
  passes: readonly LossPass[] = lossPasses,
): number {
  let squares = 0;
  for (const pass of passes) {
    for (const row of [...(result.gradient[pass] ?? []), ...(result.whole?.[pass] ?? [])]) {
      // by index: an iterator takes three times as long over whole rows
      for (let i = 0; i < (row?.length ?? 0); i++)
        squares += (row![i] as number) * (row![i] as number);
    }
  }
  return Math.sqrt(squares);
}

/** The batch as a term with this selector sees it. */
export function selectClaims(
  batch: readonly LossSample[],
  selector: ClaimSelector,
): readonly LossSample[] {
  if (selector === everyClaim) return batch;
  return batch.map((sample) => ({
    ...sample,
    claims: selector.pick(sample.claims, sample.clauses),
  }));
}

function selected(
  batch: readonly LossSample[],
  totals: BatchTotals,
  selector: ClaimSelector,
  context: ObjectiveContext,
): { batch: readonly LossSample[]; totals: BatchTotals } {
  if (selector === everyClaim) return { batch, totals };
  const own = selectClaims(batch, selector);
  const known = context.selected?.[selector.id];
  if (known) return { batch: own, totals: known };
  if (!context.totals) return { batch: own, totals: measureTotals(own) };
  throw new LossError("TOTALS_MISSING", `no totals of the claims selected by '${selector.id}'`, {
    path: `selected.${selector.id}`,
    hint: "with totals of a global batch, give those of every selector too: see ObjectiveContext",
  });
}
