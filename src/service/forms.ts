import type { RewardOptions } from "../rewards/options.ts";
import { createScorer, type Hands, type Scorer } from "../rewards/scorer.ts";
import type { RewardParts } from "./parts.ts";
import { RequestError } from "./request-error.ts";
import type { EvidenceSelector, RewardForm } from "./wire/fields.ts";
import type { PaperSettings } from "./wire/paper-rewards.ts";

/**
 * Forms of the reward that a service speaks. A judge knows no cosines, which the printed one is
 * made of.
 */
export const formsOf = ({ judge }: Pick<RewardParts, "judge">): RewardForm[] =>
  judge ? ["oppo"] : ["oppo", "paper"];

/** Evidence selectors that a service speaks: the reference picks by cosine. */
export const selectorsOf = ({ judge }: Pick<RewardParts, "judge">): EvidenceSelector[] =>
  judge ? ["own"] : ["own", "reference"];

/** The service's reward settings, in a form that a request asks for. */
export const inForm = (reward: RewardOptions, form: RewardForm): RewardOptions => ({
  ...reward,
  form,
});

export const paperSettingsOf = ({ paper, weights }: RewardOptions): PaperSettings => ({
  alpha: paper.alpha,
  delta: paper.delta,
  accuracy: weights.accuracy,
  format: paper.format,
});

/** Makes a scorer that awaits `pause` before each item. */
export type MakeScorer = (pause: () => Promise<void>) => Scorer;

/**
 * A scorer for every form that is spoken.
 * @throws (make) RewardError PAPER_JUDGE where the service's own form is not among them.
 */
export function scorersOf(
  { embedder, calibration, reward, judge, groupOf, wheels }: RewardParts,
  hands: Hands,
): Partial<Record<RewardForm, MakeScorer>> & { oppo: MakeScorer } {
  const parts = { embedder, calibration, judge, groupOf, wheels, hands };
  const scorer =
    (form: RewardForm): MakeScorer =>
    (pause) =>
      createScorer({ ...parts, pause, options: inForm(reward, form) });
  const spoken = judge === undefined || reward.form === "paper";
  return { oppo: scorer("oppo"), ...(spoken ? { paper: scorer("paper") } : {}) };
}

/** @throws RequestError FORM_JUDGE, SELECTOR_JUDGE. */
export function refuseWithJudge(
  { judge }: Pick<RewardParts, "judge">,
  field: "form" | "selector",
  value: RewardForm | EvidenceSelector,
): void {
  if (!judge || value === "oppo" || value === "own") return;
  const [code, other] = field === "form" ? ["FORM_JUDGE", "oppo"] : ["SELECTOR_JUDGE", "own"];
  throw new RequestError(
    400,
    code!,
    `${field} '${value}' compares by cosine, and this service asks a judge (${judge.id}): use ${field} '${other}', or a service without a judge`,
    { path: field },
  );
}
