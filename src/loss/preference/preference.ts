import { LossError } from "../../core/errors.ts";
import { addGradient, zeroResult } from "../result.ts";
import type { LossResult, LossSample } from "../sample.ts";
import { fullPassOnly, type LossTerm } from "../term.ts";
import type { PreferenceOptions } from "./options.ts";

/** Places of two samples of one group, of which the first has the higher advantage. */
interface Pair {
  chosen: number;
  rejected: number;
}

/**
 * Preference optimisation on pairs of one group's rollouts, the better by reward against the worse
 * (docs/method.md#preference-pairs): mean over pairs of −log σ(β (s⁺ − s⁻)), s being the sum of
 * l − r over the tokens that count. With `sentences: masked` (Mask-DPO, 2503.02846) the false
 * sentences of the chosen response and the true ones of the rejected do not count: what is false is
 * not learned because it stood beside what is true, nor the other way round. True is a sentence
 * that a cue of the reference matches by `threshold` or more, as the reward sees it.
 *
 * Needs groups whole and the batch at once: a pair in two micro-batches is none.
 * @throws LossError REFERENCE_MISSING, GROUP_MISSING, SENTENCES_MISSING
 */
export function preference(batch: readonly LossSample[], options: PreferenceOptions): LossResult {
  const result = zeroResult(batch);
  const pairs = pairsOf(batch, options.pairs);
  let right = 0;
  let margins = 0;
  for (const { chosen, rejected } of pairs) {
    const kept = [
      counting(batch, chosen, true, options),
      counting(batch, rejected, false, options),
    ];
    const margin =
      logRatio(batch[chosen]!, chosen, kept[0]!) - logRatio(batch[rejected]!, rejected, kept[1]!);
    const scaled = options.beta * margin;
    result.loss += softplus(-scaled) / pairs.length;
    // d/dm softplus(−βm) = −β σ(−βm)
    const slope = (-options.beta * sigmoid(-scaled)) / pairs.length;
    for (const token of kept[0]!) addGradient(result, "full", chosen, token, slope);
    for (const token of kept[1]!) addGradient(result, "full", rejected, token, -slope);
    if (margin > 0) right++;
    margins += margin;
  }
  result.metrics = { "preference/pairs": pairs.length };
  if (pairs.length > 0) {
    result.metrics["preference/right"] = right / pairs.length;
    result.metrics["preference/margin"] = margins / pairs.length;
  }
  return result;
}

/** The term, in the place of the policy gradient; its options are a variant's own. */
export function preferenceTerm(options: PreferenceOptions): LossTerm {
  return {
    ...fullPassOnly,
    name: "preference",
    weight: () => 1,
    option: null,
    readsSentences: true,
    metrics: ["preference/pairs", "preference/right", "preference/margin"],
    compute: (batch) => preference(batch, options),
    doc: {
      title: "Preference pairs",
      formula: String.raw`-\frac1P\sum \log\sigma\bigl(\beta(s^+ - s^-)\bigr)`,
      anchor: "preference-pairs",
      source: "DPO 2305.18290; Mask-DPO 2503.02846 with `sentences: masked`",
      fidelity:
        "pairs are drawn anew at every step from the policy's own groups, and truth is the reward's match with the reference, not a fact checker's",
    },
  };
}

/** Samples of each group by advantage: the best against the worst, or each against its mirror. */
function pairsOf(batch: readonly LossSample[], which: PreferenceOptions["pairs"]): Pair[] {
  const groups = new Map<number, number[]>();
  batch.forEach(({ group }, index) => {
    if (group === undefined) {
      throw new LossError("GROUP_MISSING", `sample ${index} does not say which group it is of`, {
        path: `batch.${index}.group`,
        hint: "pairs are made of rollouts of one prompt: number the groups",
      });
    }
    groups.set(group, [...(groups.get(group) ?? []), index]);
  });
  return [...groups.values()].flatMap((members) => {
    const ranked = members.toSorted((a, b) => batch[b]!.advantage - batch[a]!.advantage);
    const count =
      which === "best" ? Math.min(1, members.length - 1) : Math.floor(members.length / 2);
    return Array.from({ length: count }, (_, at) => ({
      chosen: ranked[at]!,
      rejected: ranked[ranked.length - 1 - at]!,
    })).filter(({ chosen, rejected }) => batch[chosen]!.advantage > batch[rejected]!.advantage);
  });
}

/** Tokens of a sample that count, ascending. */
function counting(
  batch: readonly LossSample[],
  index: number,
  chosen: boolean,
  { sentences, threshold }: PreferenceOptions,
): number[] {
  const sample = batch[index]!;
  const all = Array.from({ length: sample.full.length }, (_, token) => token);
  if (sentences === "all") return all;
  if (!sample.sentences) {
    throw new LossError("SENTENCES_MISSING", `sample ${index}: nobody said what is true in it`, {
      path: `batch.${index}.sentences`,
      hint: "give its sentences with their match, or compare all tokens (sentences: all)",
    });
  }
  const masked = new Set(
    sample.sentences
      .filter(({ match }) => match >= threshold !== chosen)
      .flatMap(({ heads }) => heads),
  );
  return all.filter((token) => !masked.has(token));
}

function logRatio(sample: LossSample, index: number, tokens: readonly number[]): number {
  const { reference, full } = sample;
  if (!reference) {
    throw new LossError("REFERENCE_MISSING", `sample ${index}: no reference log-probs`, {
      path: `batch.${index}.reference`,
      hint: "score rollouts under the policy that training began with",
    });
  }
  return tokens.reduce((sum, token) => sum + (full[token] as number) - reference[token]!, 0);
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** log(1 + e^x), without overflow. */
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
