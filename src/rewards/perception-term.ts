import { type CueModality, cueModalities } from "../cues/cue.ts";
import type { RewardOptions } from "./options.ts";
import type { ScoredClaim, ScoredCue, ScoredResponse, ScoreItem } from "./scored.ts";
import type { Similarity } from "./similarity.ts";
import type { RewardTerm } from "./term.ts";
import { quote, show } from "./wording.ts";

export const perceptionTerm: RewardTerm<"perception"> = {
  name: "perception",
  weight: ({ weights }) => weights.perception,
  option: "weights.perception",
  score: ({ perceptionParts }) => perceptionParts.value,
  explain: (scored, item, options) => [
    perceptionLine(scored, options),
    ...cueModalities.flatMap((modality) => modalityLines(scored, item, modality, options)),
  ],
  doc: {
    title: "Omni-Perception Reward: cues of the reference that the reasoning recovers",
    formula: String.raw`R_{OPR} = (1-\eta)\,\frac{\sum_k \omega_k R_k}{\sum_k \omega_k} + \eta\,\min(R_v, R_a)`,
    anchor: "reward",
  },
};

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

function reason({ cosine, contradicts, share, f }: Similarity): string {
  const opposite = contradicts ? ", contradicts it" : "";
  const fused = share < 1 ? `, several states in one claim (× ${show(share)})` : "";
  return `cosine ${cosine.toFixed(2)}${opposite}${fused}, f ${show(f)}`;
}
