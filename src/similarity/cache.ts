import { SimilarityError } from "../core/errors.ts";
import { sha256 } from "../core/files.ts";
import { recent } from "../core/recent.ts";
import { openRowLog, type RowPlace, type RowReader } from "../core/row-log.ts";
import type { Embedder } from "./port.ts";

export interface EmbeddingCacheOptions {
  /** JSONL file that keeps vectors between runs; one file may serve several embedders. */
  file?: string;
  /** Texts held in memory (2 to 4 kB each); the oldest go first. */
  maxEntries?: number;
}

/** A vector that was made just now. */
interface Added {
  key: string;
  vector: Float32Array;
}

/** A row of the cache file: 32-bit little-endian floats in base64. */
interface CacheRow {
  key: string;
  vector: string;
}

/**
 * Remembers vectors by embedder id and text, so a batch asks the encoder once for each new text.
 * Callers share the arrays and must not write to them.
 * @throws SimilarityError EMBEDDING_CACHE if the file holds a row that is no vector.
 */
export function cachedEmbedder(inner: Embedder, options: EmbeddingCacheOptions = {}): Embedder {
  const { file, maxEntries = 20_000 } = options;
  const vectors = recent<Float32Array>(maxEntries);
  const { rows: stored, append } = openRowLog(file, readRow);
  for (const [index, row] of stored.entries()) {
    if (!row.key.startsWith(`${inner.id}:`)) continue;
    vectors.set(row.key, decodeRow(row, { file: file!, line: index + 1 }));
  }
  const keyOf = (text: string): string => `${inner.id}:${sha256(text)}`;

  async function fill(missing: ReadonlyMap<string, string>): Promise<Added[]> {
    const rows = await inner.embed([...missing.values()]);
    const added = [...missing.keys()].map((key, i) => ({ key, vector: rows[i] as Float32Array }));
    for (const { key, vector } of added) vectors.set(key, vector);
    append(added.map(encodeRow));
    return added;
  }

  return {
    id: inner.id,
    async embed(texts) {
      const keys = texts.map(keyOf);
      // Held here: a batch may be larger than the cache.
      const batch = new Map<string, Float32Array>();
      const missing = new Map<string, string>();
      for (const [i, key] of keys.entries()) {
        const known = vectors.get(key);
        if (known === undefined) missing.set(key, texts[i] as string);
        else batch.set(key, known);
      }
      const added = missing.size > 0 ? await fill(missing) : [];
      for (const { key, vector } of added) batch.set(key, vector);
      return keys.map((key) => batch.get(key) as Float32Array);
    },
    ...(inner.close && { close: () => inner.close?.() ?? Promise.resolve() }),
  };
}

function encodeRow({ key, vector }: Added): CacheRow {
  const bytes = Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
  return { key, vector: bytes.toString("base64") };
}

const readRow: RowReader<CacheRow> = (value, place) => {
  const row = value as CacheRow | null;
  const isRow = typeof row?.key === "string" && typeof row.vector === "string";
  return isRow ? row : badRow(place);
};

function decodeRow(row: CacheRow, place: RowPlace): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(row.vector, "base64"));
  if (bytes.byteLength === 0 || bytes.byteLength % 4 !== 0) badRow(place);
  const vector = new Float32Array(bytes.buffer);
  if (!vector.every(Number.isFinite)) badRow(place);
  return vector;
}

function badRow(place: RowPlace): never {
  throw new SimilarityError("EMBEDDING_CACHE", "row is not a cached vector", {
    ...place,
    hint: "delete the file: it is only a cache",
  });
}
