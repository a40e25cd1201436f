import { accuracyTerm } from "./accuracy.ts";
import { formatTerm } from "./format.ts";
import type { RewardOptions } from "./options.ts";
import { paperTerms } from "./paper-terms.ts";
import { perceptionTerm } from "./perception-term.ts";
import type { RewardTerm } from "./term.ts";

/** Every term of our reward, in the order in which they are shown and summed. */
export const rewardTerms = [
  accuracyTerm,
  formatTerm,
  perceptionTerm,
] as const satisfies readonly RewardTerm[];

/** The terms of each form of the reward: ours, and as the paper prints it. */
export const rewardForms: Readonly<Record<RewardOptions["form"], readonly RewardTerm[]>> = {
  oppo: rewardTerms,
  paper: paperTerms,
};

/** The terms that these options ask for. */
export const termsOf = ({ form }: Pick<RewardOptions, "form">): readonly RewardTerm[] =>
  rewardForms[form];

export type RewardTermName = (typeof rewardTerms)[number]["name"];
