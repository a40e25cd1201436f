import { type CueModality, cueModalities } from "../cues/cue.ts";
import type { RewardOptions } from "./options.ts";
import type { ScoredClaim, ScoredCue, ScoredResponse, ScoreItem } from "./scorer.ts";
import type { Similarity } from "./similarity.ts";

/**
 * The reward of one response term by term, as lines of text: which claim recovered which cue at which
 * cosine and f, budgets, labels of modality, and why the rest did not count.
 */
export function explainReward(
  scored: ScoredResponse,
  item: ScoreItem,
  options: RewardOptions,
): string {
  return [
    rewardLine(scored, options),
    formatLine(scored),
    accuracyLine(scored, item, options),
    perceptionLine(scored, options),
    ...cueModalities.flatMap((modality) => modalityLines(scored, item, modality, options)),
    ...uncountedLines(scored.claims),
  ].join("\n");
}

function rewardLine(scored: ScoredResponse, { weights, formatGate }: RewardOptions): string {
  const sum = weights.accuracy + weights.format + weights.perception;
  const content = `${weights.accuracy} × accuracy ${show(scored.accuracy)}`;
  const perception = `${weights.perception} × perception ${show(scored.perception)}`;
  const formula = formatGate
    ? `format ${scored.format} × (${content} + ${weights.format} + ${perception})`
    : `(${content} + ${weights.format} × format ${scored.format} + ${perception})`;
  return `reward ${show(scored.reward)} = ${formula} / ${show(sum)}`;
}

function formatLine({ format, parsed }: ScoredResponse): string {
  const reasons = parsed.problems.length > 0 ? parsed.problems.join("; ") : "a part is empty";
  return format === 1 ? "format 1: one <think> and one <answer>, in order" : `format 0: ${reasons}`;
}

function accuracyLine(
  { accuracy, parsed }: ScoredResponse,
  { label }: ScoreItem,
  options: RewardOptions,
): string {
  const answer = parsed.answer === null ? "no answer" : `answer ${quote(parsed.answer.text)}`;
  return `accuracy ${show(accuracy)}: ${answer}, label ${quote(label)} (${options.accuracy.mode})`;
}

function perceptionLine(scored: ScoredResponse, { perception }: RewardOptions): string {
  const { value, mean, balance } = scored.perceptionParts;
  const counted = cueModalities.filter((modality) => scored.modalities[modality].cues > 0);
  if (counted.length === 0) return "perception 0: the reference has no cues";
  const parts =
    balance === null
      ? `mean ${show(mean)}`
      : `${show(1 - perception.balance)} × mean ${show(mean)} + ${perception.balance} × min(visual, acoustic) ${show(balance)}`;
  return `perception ${show(value)} = ${parts} over ${counted.join(", ")}`;
}

function modalityLines(
  scored: ScoredResponse,
  item: ScoreItem,
  modality: CueModality,
  { perception }: RewardOptions,
): string[] {
  const { cues, claims, recall, precision, guard, score } = scored.modalities[modality];
  const counts = `cues ${cues}, claims ${show(claims)}`;
  const parts =
    perception.mode === "f1"
      ? `F of recall ${show(recall)} and precision ${show(precision)}`
      : `recall ${show(recall)} × guard ${show(guard)}`;
  const head =
    cues === 0
      ? `${modality}: no cues in the reference, not counted (claims ${claims})`
      : `${modality} ${show(score)} = ${parts} (${counts})`;
  return [
    `  ${head}`,
    ...item.reference.cues.flatMap(({ modality: own, text }, index) =>
      own === modality ? [`    ${cueLine(text, scored.cues[index] as ScoredCue, scored)}`] : [],
    ),
    ...scored.claims.flatMap((claim) =>
      claim.modality === modality && claim.recovered === null && cues > 0
        ? [`    ${claimLine(claim, item)}`]
        : [],
    ),
  ];
}

function cueLine(text: string, cue: ScoredCue, { claims }: ScoredResponse): string {
  const claimed = (index: number): string => quote(claims[index]?.text ?? "");
  if (cue.recovered) {
    return `+ cue ${quote(text)} recovered by ${claimed(cue.recovered.claim)}, ${reason(cue.recovered)}`;
  }
  if (!cue.nearest) return `- cue ${quote(text)} missed: no claim of this modality`;
  const { claim } = cue.nearest;
  const taken = cue.nearest.f > 0 ? ", which is spent on another cue or repeated" : "";
  return `- cue ${quote(text)} missed: nearest claim ${claimed(claim)}, ${reason(cue.nearest)}${taken}`;
}

function claimLine(
  { text, modality, reason: label, repeated, nearest }: ScoredClaim,
  { reference }: ScoreItem,
): string {
  const why = repeated
    ? "repeats an earlier claim: counts to the budget only"
    : nearest === null
      ? "no cue to match"
      : `nearest cue ${quote(reference.cues[nearest.cue]?.text ?? "")}, ${reason(nearest)}`;
  return `? claim ${quote(text)} recovers nothing: ${why} (${modality} by ${label})`;
}

function uncountedLines(claims: readonly ScoredClaim[]): string[] {
  return claims.flatMap(({ modality, text, reason }) =>
    modality === "neutral" ? [`  neutral ${quote(text)}: ${reason}`] : [],
  );
}

function reason({ cosine, contradicts, share, f }: Similarity): string {
  const opposite = contradicts ? ", contradicts it" : "";
  const fused = share < 1 ? `, several states in one claim (× ${show(share)})` : "";
  return `cosine ${cosine.toFixed(2)}${opposite}${fused}, f ${show(f)}`;
}

const quote = (text: string): string => JSON.stringify(text);

/** Three decimals at most, without trailing zeros. */
const show = (value: number): string => String(Number(value.toFixed(3)));
