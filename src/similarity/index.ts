/**
 * Semantic similarity behind one port: a bundled sentence encoder, or any OpenAI-compatible server.
 * @module
 */
export { cachedEmbedder, type EmbeddingCacheOptions } from "./cache.ts";
export { calibrationOf, defaultCalibration } from "./calibration.ts";
export { conceptVector, withConcepts } from "./concepts/concept-embedder.ts";
export { type Concept, conceptsOf } from "./concepts/concepts.ts";
export { type ConformanceCheck, embedderConformance } from "./conformance.ts";
export { type OpenedEmbedder, openEmbedder } from "./open.ts";
export { type OpenAiEmbedderOptions, openOpenAiEmbedder } from "./openai/openai.ts";
export { type EmbedderOptions, embedderOptions } from "./options.ts";
export type { Calibration, Embedder } from "./port.ts";
export { type EmbedderStatus, embedderStatus } from "./status.ts";
export { openUseLite, useLiteId } from "./use-lite/use-lite.ts";
