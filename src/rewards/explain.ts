import type { RewardOptions } from "./options.ts";
import type { ScoredClaim, ScoredResponse, ScoreItem } from "./scored.ts";
import type { RewardTerm } from "./term.ts";
import { termsOf } from "./terms.ts";
import { quote, show } from "./wording.ts";

/**
 * The reward of one response term by term, as lines of text: which claim recovered which cue at
 * which cosine and f, budgets, labels of modality, what was left out, and why the rest did not
 * count.
 */
export function explainReward(
  scored: ScoredResponse,
  item: ScoreItem,
  options: RewardOptions,
  table: readonly RewardTerm[] = termsOf(options),
): string {
  return [
    rewardLine(scored, options, table),
    ...table.flatMap((term) => term.explain(scored, item, options)),
    ...(options.form === "paper" ? [] : uncountedLines(scored.claims)),
  ].join("\n");
}

function rewardLine(
  { reward, terms }: ScoredResponse,
  options: RewardOptions,
  table: readonly RewardTerm[],
): string {
  const present = table.filter(({ name }) => terms[name] !== undefined);
  if (options.form === "paper") {
    const summands = present.map((term) => `${term.weight(options)} × ${scoreOf(term, terms)}`);
    return `reward ${show(reward)} = ${summands.join(" + ")}`;
  }
  const gates = present.filter(({ gate }) => gate?.(options));
  const parts = present.map((term) => {
    const weight = term.weight(options);
    return gates.includes(term) ? `${weight}` : `${weight} × ${scoreOf(term, terms)}`;
  });
  const product = [...gates.map((term) => scoreOf(term, terms)), `(${parts.join(" + ")})`];
  const sum = present.reduce((total, term) => total + term.weight(options), 0);
  return `reward ${show(reward)} = ${product.join(" × ")} / ${show(sum)}`;
}

const scoreOf = ({ name }: RewardTerm, terms: ScoredResponse["terms"]): string =>
  `${name} ${show(terms[name] ?? 0)}`;

function uncountedLines(claims: readonly ScoredClaim[]): string[] {
  return claims.flatMap(({ modality, text, reason }) =>
    modality === "neutral" ? [`  neutral ${quote(text)}: ${reason}`] : [],
  );
}
