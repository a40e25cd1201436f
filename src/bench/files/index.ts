/**
 * Label, prediction and word-list files as their owners distribute them, read into the benchmarks'
 * types.
 */
export { readNpy, readNpz } from "./npz.ts";
export { readPickle } from "./pickle.ts";
export { readLabelPredictions, readReasons, readSentimentPredictions } from "./predictions.ts";
export { readRecords } from "./records.ts";
export { needFile, sources } from "./sources.ts";
export { readCsv, readTable, type Table } from "./table.ts";
export { readLabels, readTruth, readValues } from "./truth.ts";
export { readMapping, readMappings } from "./wheels.ts";
