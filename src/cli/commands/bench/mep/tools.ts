import type { EmbedderChoice } from "../../../../bench/mep/asked/command-options.ts";
import { type CueExtractor, cueExtractors } from "../../../../bench/mep/reference/extractors.ts";
import { lexicalEmbedder } from "../../../../bench/mep/reference/lexical-embedder.ts";
import { ConfigError } from "../../../../core/errors.ts";
import { openEmbedder } from "../../../../similarity/open.ts";
import { embedderOptions } from "../../../../similarity/options.ts";
import type { Embedder } from "../../../../similarity/port.ts";

/** Names of embedders that need no server. */
export const embedderNames = ["use-lite+concepts", "use-lite", "lexical"] as const;

export type { EmbedderChoice };

/** @throws ConfigError `EMBEDDER_UNKNOWN`; SimilarityError where it can't be opened. */
export async function openMepEmbedder(choice: EmbedderChoice): Promise<Embedder> {
  const { embedder: name, embedderBaseUrl: baseUrl, embedderCache: cacheFile } = choice;
  const cache = cacheFile === undefined ? {} : { cacheFile };
  if (baseUrl !== undefined) {
    const server = { kind: "openai", baseUrl, model: name, ...cache };
    return (await openEmbedder(embedderOptions.parse(server))).embedder;
  }
  if (name === "lexical") return lexicalEmbedder;
  if (name === "use-lite" || name === "use-lite+concepts") {
    const bundled = { kind: "use-lite", concepts: name === "use-lite+concepts", ...cache };
    return (await openEmbedder(embedderOptions.parse(bundled))).embedder;
  }
  throw new ConfigError("EMBEDDER_UNKNOWN", `no embedder is called '${name}'`, {
    hint: `bundled: ${embedderNames.join(", ")}; for a server's model give --embedder-base-url`,
  });
}

/** @throws ConfigError `EXTRACTOR_UNKNOWN`. */
export function extractorNamed(name: string): CueExtractor {
  const extractor = cueExtractors[name];
  if (extractor !== undefined) return extractor;
  throw new ConfigError("EXTRACTOR_UNKNOWN", `no cue extractor is called '${name}'`, {
    hint: `known: ${Object.keys(cueExtractors).join(", ")}`,
  });
}
