/** MEP-Bench on real models: frozen items, questions, answers read and scored. No I/O. */
export {
  type BuildTools,
  buildMepItems,
  defaultItemOptions,
  type ReferenceRow,
} from "./build.ts";
export { type ClipItemSource, clipItems } from "./clip-items.ts";
export type { ClaimRecord, ClipRecord, CueRecord, ResponseRecord } from "./clip-record.ts";
export { compareReference, type ReferenceMetric, referenceMetrics } from "./compare.ts";
export {
  evaluateReference,
  type ReferenceEvaluation,
  type ReferenceResult,
} from "./evaluate.ts";
export {
  type CueExtractor,
  cueExtractors,
  type ExtractedCues,
  ruleExtractor,
  sectionExtractor,
} from "./extractors.ts";
export * from "./items.ts";
export { lexicalEmbedder } from "./lexical-embedder.ts";
export type { MepMetric } from "./metric.ts";
export {
  checkMepParity,
  mepParityFiles,
  type ParityMismatch,
  type ParityReport,
} from "./parity.ts";
export * from "./precursor.ts";
export { describePrompt, mepPromptsHash, probePrompt, readProbePrompt } from "./prompts.ts";
export * from "./questions.ts";
export {
  defaultThresholds,
  type MepAnswer,
  type MepProtocol,
  type MepScore,
  mepMetrics,
  type ScoreTools,
  scoreMep,
} from "./score.ts";
export { type AnswerParser, answerParsers, readYesNo, strictYesNo } from "./yes-no.ts";
