import { LossError } from "../core/errors.ts";
import { type EvidenceModality, evidenceModalities } from "../cues/cue.ts";
import { estimate } from "./estimators.ts";
import { evidenceTokens, ownPass } from "./evidence.ts";
import type { PaperOptions } from "./options.ts";
import { addGradient, wholeGradient, zeroResult } from "./result.ts";
import type { LossPass, LossResult, LossSample, WholeRows } from "./sample.ts";
import { everyClaim, type LossTerm } from "./term.ts";
import { type BatchTotals, coverageWeight, measureTotals } from "./totals.ts";
import { addKlSlopes } from "./whole.ts";

/** Tokens of a response at which the full pass is compared with one that hides something. */
interface Comparison {
  pass: Exclude<LossPass, "full">;
  tokens: readonly number[];
  /** What a token's divergence counts in the batch. */
  share: number;
}

/** A token's divergence, with its slope on sampled log-probs where those alone are known. */
type Divergence = (comparison: Comparison, token: number) => number;

/**
 * The Omni-Perception Loss as OPPO's paper prints it (2606.25325; docs/method.md#loss-as-printed):
 * −J_omni, J_omni = Σ_{t∈T_V} KL(p_t‖p_t^v) + Σ_{t∈T_A} KL(p_t‖p_t^a), a mean over the responses
 * of the batch. Minimising it makes evidence tokens change when their stream is hidden.
 *
 * `estimator: whole` takes the KL over the vocabulary, from `sample.whole`; k1 and k3 take the
 * sampled token's d = l − m, held at ±20 nats. `reduce: mean` divides by the tokens of a response
 * and modality. With `maskedGradient` the masked pass learns as well. Unbounded: nothing caps it.
 * Metrics: mean divergence of a compared token, nats; tokens compared a response.
 *
 * @throws LossError WHOLE_MISSING where a token has no row; DIVERGENCE_INFINITE, NOT_COMPARABLE.
 */
export function paperLoss(
  batch: readonly LossSample[],
  options: Omit<PaperOptions, "weight">,
  totals: BatchTotals = measureTotals(batch),
): LossResult {
  const result = zeroResult(batch);
  let total = 0;
  let compared = 0;
  batch.forEach((sample, index) => {
    const divergence =
      options.estimator === "whole"
        ? wholeDivergence(sample, index, options, result)
        : sampledDivergence(sample, index, options, result);
    for (const comparison of comparisons(sample, options, totals)) {
      for (const token of comparison.tokens) {
        const value = divergence(comparison, token);
        result.loss -= comparison.share * value;
        total += value;
      }
      compared += comparison.tokens.length;
    }
  });
  if (compared > 0) result.metrics["paper/divergence"] = total / compared;
  result.metrics["paper/tokens"] = compared / batch.length;
  return result;
}

export const paperTerm: LossTerm = {
  name: "paper",
  weight: ({ paper }) => paper.weight,
  option: "paper.weight",
  suppressive: false,
  needs: "one",
  joint: ({ paper }) => paper.tokens === "together",
  blindOnly: false,
  reads: ({ paper: { estimator, tokens } }) => {
    if (estimator === "whole") return "none";
    return tokens === "evidence" ? "heads" : "all";
  },
  whole: (claims, length, { paper }) => wholeTokens(claims, length, paper),
  selector: everyClaim,
  learnsMasked: ({ paper }) => paper.maskedGradient,
  usesMatch: () => false,
  metrics: ["paper/divergence", "paper/tokens"],
  compute: (batch, options, totals) => paperLoss(batch, options.paper, totals),
  doc: {
    title: "Omni-Perception Loss as printed: evidence must change when its stream is masked",
    formula: String.raw`-\frac1B\sum_i\sum_k \sum_{t \in T_k} \mathrm{KL}(p_t \Vert p^k_t)`,
    anchor: "loss-as-printed",
    source: "OPPO 2606.25325, as printed",
    fidelity:
      "exact with the preset `paper`: divergence and its direction, evidence clauses, sum, gradient through both passes; ours: a mean over the responses of a batch, 0 without evidence (neither is stated), passes dealt in turn as an option. `k1`, `k3`, `mean` and the full pass alone are the first author's training repository's",
  },
};

/** Tokens of each pass at which rows are needed. */
function wholeTokens(
  claims: LossSample["claims"],
  length: number,
  { estimator, tokens }: PaperOptions,
): Partial<Record<LossPass, readonly number[]>> {
  if (estimator !== "whole") return {};
  if (tokens === "together") return { full: range(length), both: range(length) };
  if (tokens === "all") return { full: range(length), video: range(length), audio: range(length) };
  const [visual, acoustic] = evidenceModalities.map((modality) =>
    evidenceTokens({ claims }, modality),
  ) as [number[], number[]];
  return { full: [...visual, ...acoustic], video: visual, audio: acoustic };
}

/** What a sample's full pass is compared with; a pass that it lacks is skipped. */
function comparisons(
  sample: LossSample,
  { tokens: which, reduce }: Omit<PaperOptions, "weight">,
  totals: BatchTotals,
): Comparison[] {
  const all = range(sample.full.length);
  const over = (tokens: readonly number[]) =>
    1 / (totals.samples * (reduce === "mean" ? tokens.length : 1));
  if (which === "together") {
    const share = over(all) * (totals.tokens / totals.passTokens.both);
    return sample.both ? [{ pass: "both", tokens: all, share }] : [];
  }
  return evidenceModalities.flatMap((modality): Comparison[] => {
    const pass = ownPass(modality);
    const tokens = which === "all" ? all : evidenceTokens(sample, modality);
    if (!sample[pass] || tokens.length === 0) return [];
    return [{ pass, tokens, share: over(tokens) * coverage(which, modality, totals) }];
  });
}

/** Weighs the samples that carry a pass up for those that don't, where passes are dealt in turn. */
function coverage(
  which: PaperOptions["tokens"],
  modality: EvidenceModality,
  totals: BatchTotals,
): number {
  if (which === "evidence") return coverageWeight(totals, modality, "own");
  return totals.tokens / totals.passTokens[ownPass(modality)];
}

function sampledDivergence(
  sample: LossSample,
  index: number,
  { estimator, maskedGradient }: Omit<PaperOptions, "weight">,
  result: LossResult,
): Divergence {
  return ({ pass, share }, token) => {
    const drop = (sample.full[token] as number) - ((sample[pass] as ArrayLike<number>)[token] ?? 0);
    if (Number.isNaN(drop)) {
      throw new LossError(
        "NOT_COMPARABLE",
        `sample ${index}, token ${token}: the pass '${pass}' has no log-prob there`,
        { path: `batch.${index}.${pass}.${token}`, hint: "read it at every token compared" },
      );
    }
    const { value, slope } = estimate(estimator === "k1" ? "k1" : "k3", drop);
    addGradient(result, "full", index, token, -share * slope);
    if (maskedGradient) addGradient(result, pass, index, token, share * slope);
    return value;
  };
}

function wholeDivergence(
  sample: LossSample,
  index: number,
  { maskedGradient }: Omit<PaperOptions, "weight">,
  result: LossResult,
): Divergence {
  const places = new Map<WholeRows, Map<number, number>>();
  const rowOf = (rows: WholeRows | undefined, pass: LossPass, token: number): number => {
    if (rows && !places.has(rows)) {
      places.set(rows, new Map(rows.positions.map((position, row) => [position, row])));
    }
    const row = rows && places.get(rows)!.get(token);
    if (row !== undefined) return row * rows!.vocabulary;
    throw new LossError(
      "WHOLE_MISSING",
      `sample ${index}, token ${token}: no whole-vocabulary row of the pass '${pass}'`,
      {
        path: `batch.${index}.whole.${pass}`,
        hint: "give rows at the tokens of wholeReads, or set loss.paper.estimator to k1 or k3",
      },
    );
  };
  return ({ pass, share }, token) => {
    const [full, masked] = [sample.whole?.full, sample.whole?.[pass]];
    const at = { p: rowOf(full, "full", token), q: rowOf(masked, pass, token) };
    const [p, q, { vocabulary }] = [full!.values, masked!.values, full!];
    const into = {
      p: wholeGradient(result, "full", index, p.length),
      q: maskedGradient ? wholeGradient(result, pass, index, q.length) : undefined,
    };
    const value = addKlSlopes(p, q, vocabulary, at, -share, into);
    if (!Number.isFinite(value)) throw infinite(index, token, pass, value);
    return value;
  };
}

const infinite = (index: number, token: number, pass: LossPass, value: number): LossError =>
  new LossError(
    "DIVERGENCE_INFINITE",
    `sample ${index}, token ${token}: the divergence from the pass '${pass}' is ${value}`,
    {
      path: `batch.${index}.whole.${pass}`,
      hint: "rows must be log-probs of one vocabulary; the masked pass may rule out nothing that the full pass says",
    },
  );

const range = (length: number): number[] => Array.from({ length }, (_, token) => token);
