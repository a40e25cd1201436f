import { cachedEmbedder } from "./cache.ts";
import { calibrationOf } from "./calibration.ts";
import { withConcepts } from "./concepts/concept-embedder.ts";
import { openOpenAiEmbedder } from "./openai/openai.ts";
import type { EmbedderOptions } from "./options.ts";
import type { Calibration, Embedder } from "./port.ts";
import { openUseLite } from "./use-lite/use-lite.ts";

/** A cached embedder with the thresholds that belong to it. */
export interface OpenedEmbedder {
  embedder: Embedder;
  calibration: Calibration;
}

/**
 * Opens the embedder that the options describe, with its cache.
 * @throws SimilarityError if the encoder can't be loaded or the cache file is not one.
 */
export async function openEmbedder(options: EmbedderOptions): Promise<OpenedEmbedder> {
  const adapter = await openAdapter(options);
  const inner = options.concepts ? withConcepts(adapter) : adapter;
  const { cacheFile: file } = options;
  return {
    embedder: cachedEmbedder(inner, file === undefined ? {} : { file }),
    calibration: options.calibration ?? calibrationOf(inner.id),
  };
}

async function openAdapter(options: EmbedderOptions): Promise<Embedder> {
  if (options.kind === "use-lite") return openUseLite(options);
  const { apiKeyEnv, dimensions, ...rest } = options;
  const apiKey = process.env[apiKeyEnv];
  return openOpenAiEmbedder({
    ...rest,
    ...(apiKey !== undefined && apiKey !== "" && { apiKey }),
    ...(dimensions !== undefined && { dimensions }),
  });
}
