import { accuracyTerm } from "./accuracy.ts";
import { formatTerm } from "./format.ts";
import { perceptionTerm } from "./perception-term.ts";
import type { RewardTerm } from "./term.ts";

/** Every term of the reward, in the order in which they are shown and summed. */
export const rewardTerms = [
  accuracyTerm,
  formatTerm,
  perceptionTerm,
] as const satisfies readonly RewardTerm[];

export type RewardTermName = (typeof rewardTerms)[number]["name"];
