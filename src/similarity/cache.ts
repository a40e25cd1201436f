import { existsSync, readFileSync } from "node:fs";
import { SimilarityError } from "../core/errors.ts";
import { sha256 } from "../core/files.ts";
import { appendJsonl, readJsonl, writeJsonl } from "../core/jsonl.ts";
import type { Embedder } from "./port.ts";

export interface EmbeddingCacheOptions {
  /** JSONL file that keeps vectors between runs; one file may serve several embedders. */
  file?: string;
  /** Texts held in memory (2 to 4 kB each); the oldest go first. */
  maxEntries?: number;
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
  const vectors = file === undefined ? new Map<string, Float32Array>() : readCache(file, inner.id);
  const keyOf = (text: string): string => `${inner.id}:${sha256(text)}`;

  async function fill(missing: ReadonlyMap<string, string>): Promise<void> {
    const rows = await inner.embed([...missing.values()]);
    const added = [...missing.keys()].map((key, i) => ({ key, vector: rows[i] as Float32Array }));
    for (const { key, vector } of added) vectors.set(key, vector);
    if (file !== undefined) appendJsonl(file, added.map(encodeRow));
  }

  return {
    id: inner.id,
    async embed(texts) {
      const keys = texts.map(keyOf);
      const missing = new Map<string, string>();
      for (const [i, key] of keys.entries()) {
        if (!vectors.has(key)) missing.set(key, texts[i] as string);
      }
      if (missing.size > 0) await fill(missing);
      const out = keys.map((key) => vectors.get(key) as Float32Array);
      evictOldest(vectors, maxEntries);
      return out;
    },
    ...(inner.close && { close: () => inner.close?.() ?? Promise.resolve() }),
  };
}

function evictOldest(vectors: Map<string, Float32Array>, maxEntries: number): void {
  for (const key of vectors.keys()) {
    if (vectors.size <= maxEntries) return;
    vectors.delete(key);
  }
}

function encodeRow({ key, vector }: { key: string; vector: Float32Array }): CacheRow {
  const bytes = Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
  return { key, vector: bytes.toString("base64") };
}

function readCache(file: string, id: string): Map<string, Float32Array> {
  const vectors = new Map<string, Float32Array>();
  if (!existsSync(file)) return vectors;
  const rows = readJsonl<CacheRow>(file);
  // A killed run may leave a cut line; appending to it would spoil the next row as well.
  if (!readFileSync(file, "utf8").endsWith("\n")) writeJsonl(file, rows);
  for (const [index, row] of rows.entries()) {
    if (typeof row?.key !== "string" || typeof row.vector !== "string") badRow(file, index);
    if (row.key.startsWith(`${id}:`)) vectors.set(row.key, decodeRow(row, file, index));
  }
  return vectors;
}

function decodeRow(row: CacheRow, file: string, index: number): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(row.vector, "base64"));
  if (bytes.byteLength === 0 || bytes.byteLength % 4 !== 0) badRow(file, index);
  const vector = new Float32Array(bytes.buffer);
  if (!vector.every(Number.isFinite)) badRow(file, index);
  return vector;
}

function badRow(file: string, index: number): never {
  throw new SimilarityError("EMBEDDING_CACHE", "row is not a cached vector", {
    file,
    line: index + 1,
    hint: "delete the file: it is only a cache",
  });
}
