import { RunError } from "../core/errors.ts";
import type { LossOptions } from "../loss/options.ts";
import { wholeReads } from "../loss/reads.ts";
import type { LossPass, LossResult, WholeRows } from "../loss/sample.ts";
import type { LossTerm } from "../loss/term.ts";
import type { Datum, Distributions, Policy } from "../policy/port.ts";
import type { TrainingRollout } from "./rollout.ts";

const hiding = ["video", "audio", "both"] as const;

/** Tokens of each pass of a rollout that are read over the whole vocabulary, ascending. */
export type WholeTokens = Partial<Record<LossPass, readonly number[]>>;

/**
 * Tokens at which the loss looks at the whole vocabulary: of masked passes that were made, and of
 * the full one where any of those is compared with it.
 */
export function wholeTokens(
  { claims, clauses, completion, hidden }: TrainingRollout,
  loss: LossOptions,
  terms: readonly LossTerm[] | undefined,
): WholeTokens {
  const sample = { claims, ...(clauses ? { clauses } : {}), full: completion.logprobs };
  const reads = wholeReads(loss, sample, terms);
  const masked = hiding.flatMap((pass) => {
    const tokens = reads[pass];
    return hidden[pass] && tokens ? [[pass, tokens] as const] : [];
  });
  const compared = new Set(masked.flatMap(([, tokens]) => tokens));
  const full = (reads.full ?? []).filter((token) => compared.has(token));
  return { ...Object.fromEntries(masked), ...(full.length > 0 ? { full } : {}) };
}

/** What a policy reads of data: one forward pass each, rows of the whole vocabulary included. */
export async function readAll(policy: Policy, data: readonly Datum[]): Promise<Distributions[]> {
  if (data.length === 0) return [];
  if (!data.some(({ whole }) => whole)) {
    const logprobs = await policy.logprobs(data);
    return logprobs.map((values) => ({ logprobs: values, rows: new Float32Array(0) }));
  }
  if (policy.capabilities.wholeVocabulary) return policy.distributions(data);
  throw new RunError("WHOLE_VOCABULARY", `the policy ${policy.id} knows sampled tokens only`, {
    path: "loss.paper.estimator",
    hint: "set it to k1 or k3, or train on an engine that gives whole-vocabulary log-probs",
  });
}

/**
 * Rows of the full pass from the chances that its tokens were drawn with; undefined where sampling
 * kept none.
 */
export function rowsOfSampling(
  positions: readonly number[],
  { chances, tokens }: TrainingRollout["completion"],
): WholeRows | undefined {
  if (!chances) return undefined;
  const vocabulary = chances.length / tokens.length;
  const values = new Float32Array(positions.length * vocabulary);
  positions.forEach((position, row) => {
    for (let v = 0; v < vocabulary; v++) {
      values[row * vocabulary + v] = Math.log(chances[position * vocabulary + v] as number);
    }
  });
  return { positions, vocabulary, values };
}

/** Rows as the loss takes them; undefined where none were asked for. */
export function rowsAt(
  positions: readonly number[] | undefined,
  { rows: values }: Distributions,
): WholeRows | undefined {
  if (!positions) return undefined;
  return { positions, vocabulary: values.length / positions.length, values };
}

/** dL/dlogp of a pass's rows as the policy takes it; undefined where there is none. */
export function wholeGradientOf(
  result: LossResult,
  pass: LossPass,
  at: number,
): Float32Array | undefined {
  const rows = result.whole?.[pass]?.[at];
  return rows?.some((g) => g !== 0) ? new Float32Array(rows) : undefined;
}
