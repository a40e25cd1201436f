import { RunError } from "../core/errors.ts";
import type { LossOptions } from "../loss/options.ts";
import { wholeReads } from "../loss/reads.ts";
import type { LossPass, LossResult, LossSample, WholeRows } from "../loss/sample.ts";
import type { LossTerm } from "../loss/term.ts";
import type { Datum, Policy } from "../policy/port.ts";

/** A pass of a rollout whose whole-vocabulary rows the loss looks at. */
export interface WholePass {
  /** Place of the rollout in the update. */
  at: number;
  pass: LossPass;
  /** Completion on the prompt of that pass, with the tokens wanted in `whole`. */
  datum: Datum & { whole: readonly number[] };
}

/** The prompt of a pass of a rollout; undefined where it has no such pass. */
type DatumOf = (at: number, pass: LossPass) => Datum | undefined;

const maskedPasses = ["video", "audio", "both"] as const;

/**
 * Passes that the loss wants to read over the whole vocabulary: masked ones that were made, and the
 * full one at the tokens that any of those is compared at.
 */
export function wholePasses(
  samples: readonly LossSample[],
  datumOf: DatumOf,
  loss: LossOptions,
  terms: readonly LossTerm[] | undefined,
): WholePass[] {
  return samples.flatMap((sample, at) => {
    const reads = wholeReads(loss, sample, terms);
    const compared = new Set<number>();
    const masked = maskedPasses.flatMap((pass): WholePass[] => {
      const [datum, whole] = [datumOf(at, pass), reads[pass]];
      if (!datum || !whole) return [];
      for (const token of whole) compared.add(token);
      return [{ at, pass, datum: { ...datum, whole } }];
    });
    const whole = (reads.full ?? []).filter((token) => compared.has(token));
    const full = datumOf(at, "full");
    if (!full || whole.length === 0) return masked;
    return [{ at, pass: "full", datum: { ...full, whole } }, ...masked];
  });
}

/**
 * Reads the rows and puts them on the samples. Takes positions × vocabulary × 4 bytes a pass.
 * @throws RunError WHOLE_VOCABULARY where the engine knows sampled tokens only.
 */
export async function addWholeRows(
  policy: Policy,
  samples: readonly LossSample[],
  passes: readonly WholePass[],
): Promise<void> {
  if (passes.length === 0) return;
  if (!policy.capabilities.wholeVocabulary) {
    throw new RunError("WHOLE_VOCABULARY", `the policy ${policy.id} knows sampled tokens only`, {
      path: "loss.paper.estimator",
      hint: "set it to k1 or k3, or train on an engine that gives whole-vocabulary log-probs",
    });
  }
  const rows = await policy.distributions(passes.map(({ datum }) => datum));
  passes.forEach(({ at, pass, datum: { whole: positions } }, index) => {
    const values = rows[index]!;
    const read: WholeRows = { positions, vocabulary: values.length / positions.length, values };
    const sample = samples[at]!;
    sample.whole = { ...sample.whole, [pass]: read };
  });
}

/** dL/dlogp of a pass's rows as the policy takes it; undefined where there is none. */
export function wholeGradientOf(
  result: LossResult,
  pass: LossPass,
  at: number,
): Float32Array | undefined {
  const rows = result.whole?.[pass]?.[at];
  return rows?.some((g) => g !== 0) ? Float32Array.from(rows) : undefined;
}
