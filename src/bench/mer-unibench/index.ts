/** MER-UniBench, MER2026 and MER2024-OV: labels in, scores out. No I/O. */
export {
  allGroupings,
  type EwOptions,
  ewScore,
  type Overlap,
  openScore,
  overlap,
  overlaps,
} from "./ew-metric.ts";
export { type PythonFailure, pythonFailure, pythonFailureOf } from "./failure.ts";
export { createGrouping, type Grouping, type GroupingKind } from "./grouping.ts";
export { hitRate } from "./hit-rate.ts";
export { cleanResponse, stringToList } from "./labels.ts";
export {
  buildMapping,
  type EmotionMapping,
  type MappingTables,
  sortedLists,
  type Wheel,
  type WheelRow,
} from "./mapping.ts";
export {
  readSynonymGroups,
  type SetLevelScore,
  type SynonymGroups,
  setLevelSamples,
  setLevelScore,
} from "./mer2024-ov.ts";
export {
  applyProtocols,
  type CheckpointProtocol,
  compareCheckpoints,
  type ProtocolScore,
  protocolNotes,
  type SetScores,
} from "./protocols.ts";
export {
  orFailure,
  type RecordedLabels,
  recomputeLabels,
  recomputeMer2026,
  recomputeSentiment,
} from "./recompute.ts";
export { type PairOptions, pairLabels, type Sample } from "./samples.ts";
export { type MerUniBenchInput, type MerUniBenchResult, scoreMerUniBench } from "./score.ts";
export { sentimentScore } from "./sentiment.ts";
export {
  isBasicSet,
  isOpenSet,
  isSentimentSet,
  type MerSet,
  merSet,
  merSets,
  publishedScores,
} from "./sets.ts";
export { basicMapping } from "./taxonomy.ts";
export * from "./types.ts";
export { classificationScore, type F1Formula, type WeightedF1, weightedF1 } from "./weighted-f1.ts";
