/**
 * MEP-Bench, synthetic track: does a policy use what it sees and hears, and does it invent? Every
 * answer comes from the corpus's exact factors. `buildItems` and `freezeItems` before training,
 * `evaluateMep` after it, `compare` and the tables to read it. Definitions of all numbers:
 * `metrics`.
 */

export type { TokenDrop } from "../shared/drops.ts";
export { compare } from "./compare.ts";
export { corpusOracle } from "./corpus-oracle.ts";
export { type EvaluationInput, evaluateMep } from "./evaluate.ts";
export { freezeItems, readItems } from "./freeze.ts";
export type { ItemClip, MepItems } from "./item.ts";
export { buildItems, contentHash } from "./items.ts";
export type { ClipTally, Metric } from "./metric.ts";
export { metricScales, metrics } from "./metrics.ts";
export {
  type BenchOptions,
  benchOptions,
  type EvaluationOptions,
  evaluationOptions,
  type ItemOptions,
  itemOptions,
} from "./options.ts";
export type { Fact, Oracle, ReadClaim, Reading } from "./oracle.ts";
export { probeTexts } from "./probing.ts";
export type {
  ClaimRecord,
  ClipRecord,
  CueRecord,
  Difference,
  Estimate,
  MepResult,
  ResponseRecord,
  Series,
  SystemScores,
  Verdict,
} from "./result.ts";
export { rulesHash, scoringRules } from "./rules.ts";
export {
  consoleTable,
  formatEstimate,
  markdownTable,
  metricById,
  type TableOptions,
  tableColumns,
  tableRows,
} from "./table.ts";
