/**
 * Rewards: accuracy, format and the Omni-Perception Reward, as pure functions, and a scorer that
 * applies them to responses.
 * @module
 */
export { accuracyReward, type GroupOf, parseLabels } from "./accuracy.ts";
export {
  batchAdvantages,
  gdpoGroup,
  groupAdvantages,
  type Rewarded,
} from "./advantages.ts";
export { assignClaims, type Match } from "./assignment.ts";
export { combineReward } from "./combine.ts";
export { explainReward } from "./explain.ts";
export { formatReward } from "./format.ts";
export * from "./options.ts";
export {
  type ClauseRoute,
  omniReward,
  paperAccuracy,
  routeClauses,
  type WheelOf,
} from "./paper.ts";
export type {
  OmniScore,
  PaperAccuracy,
  PaperCue,
  PaperReading,
  ScoredClause,
} from "./paper-score.ts";
export {
  type ModalityScore,
  type PerceptionScore,
  perceptionReward,
  scoreModality,
} from "./perception.ts";
export type { ReadResponse, RewardTerms } from "./scored.ts";
export {
  createScorer,
  type ScoredClaim,
  type ScoredCue,
  type ScoredResponse,
  type ScoreItem,
  type Scorer,
} from "./scorer.ts";
export { compareTexts, embeddedText, type Similarity } from "./similarity.ts";
export { softThreshold } from "./soft.ts";
export type { RewardTerm } from "./term.ts";
export { type RewardTermName, rewardForms, rewardTerms, termsOf } from "./terms.ts";
