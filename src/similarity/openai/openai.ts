import OpenAI, { APIConnectionTimeoutError, APIError } from "openai";
import { SimilarityError } from "../../core/errors.ts";
import { sha256 } from "../../core/files.ts";
import type { Embedder } from "../port.ts";
import { batches, requireTexts, unitVectors } from "../vectors.ts";

export interface OpenAiEmbedderOptions {
  /** Up to and with the version: `http://localhost:8000/v1`. */
  baseUrl: string;
  model: string;
  /** Local servers want none. */
  apiKey?: string;
  /** Put before every text, cues and claims alike (docs/method.md#similarity). */
  instruction?: string;
  /** Asks the server for shortened vectors (Matryoshka models). */
  dimensions?: number;
  batchSize?: number;
  /** Milliseconds per request. */
  timeoutMs?: number;
  /** Repeats after 408, 409, 429, 5xx and broken connections, with growing pauses. */
  retries?: number;
}

/**
 * Embeds through any server that speaks OpenAI's `/embeddings`: Qwen3-Embedding on vLLM, Ollama,
 * TEI.
 * @throws SimilarityError naming URL and model: EMBEDDINGS_UNREACHABLE, EMBEDDINGS_TIMEOUT,
 * EMBEDDINGS_HTTP, EMBEDDINGS_ANSWER, and those of `unitVectors`.
 */
export function openOpenAiEmbedder(options: OpenAiEmbedderOptions): Embedder {
  const { baseUrl, model, apiKey = "none", instruction = "", dimensions } = options;
  const { batchSize = 32, timeoutMs = 30_000, retries = 3 } = options;
  const source = `${model} at ${baseUrl}`;
  const client = new OpenAI({
    baseURL: baseUrl,
    apiKey,
    organization: null,
    project: null,
    timeout: timeoutMs,
    maxRetries: retries,
  });
  return {
    id: embedderId(model, instruction, dimensions),
    async embed(texts) {
      requireTexts(texts, source);
      const vectors: Float32Array[] = [];
      for (const batch of batches(texts, batchSize)) {
        const input = batch.map((text) => instruction + text);
        const answer = await client.embeddings
          // Without `float` the client asks for base64, which several servers ignore.
          .create({ model, input, encoding_format: "float", ...(dimensions && { dimensions }) })
          .catch((cause: unknown) => {
            throw requestError(cause, source);
          });
        vectors.push(...unitVectors(rowsInOrder(answer, source), batch, source));
      }
      return vectors;
    },
  };
}

/** Host is left out: one model gives the same similarities wherever it is served. */
function embedderId(model: string, instruction: string, dimensions: number | undefined): string {
  const prefix = instruction === "" ? "" : `+${sha256(instruction).slice(0, 8)}`;
  return `openai:${model}${prefix}${dimensions === undefined ? "" : `/${dimensions}`}`;
}

/** The protocol numbers the rows, so a server may answer in any order. */
function rowsInOrder(answer: unknown, source: string): number[][] {
  const data = (answer as { data?: unknown } | null)?.data;
  if (!Array.isArray(data)) return notAnAnswer(source);
  const rows = new Array<number[] | undefined>(data.length).fill(undefined);
  for (const [position, item] of data.entries()) {
    const { index = position, embedding } = (item ?? {}) as { index?: number; embedding?: unknown };
    const free = index in rows && rows[index] === undefined;
    if (!free || !Array.isArray(embedding)) return notAnAnswer(source);
    // JSON has no NaN: servers send null, which `Number` would turn into 0.
    rows[index] = embedding.map((value) => (typeof value === "number" ? value : Number.NaN));
  }
  return rows as number[][];
}

function notAnAnswer(source: string): never {
  throw new SimilarityError(
    "EMBEDDINGS_ANSWER",
    `${source}: the answer is not a list of numbered vectors`,
    {
      hint: "the base URL must end before `/embeddings` and name an OpenAI-compatible server",
    },
  );
}

function requestError(cause: unknown, source: string): SimilarityError {
  if (cause instanceof APIConnectionTimeoutError) {
    const hint = "raise timeoutMs or lower batchSize";
    return new SimilarityError("EMBEDDINGS_TIMEOUT", `${source}: no answer in time`, {
      hint,
      cause,
    });
  }
  if (cause instanceof APIError && cause.status !== undefined) {
    const hint = hintFor(cause.status);
    const message = `${source}: ${cause.message.slice(0, 300)}`;
    return new SimilarityError("EMBEDDINGS_HTTP", message, { hint, cause });
  }
  if (cause instanceof APIError) {
    const hint = "is the server running, and the base URL right?";
    return new SimilarityError("EMBEDDINGS_UNREACHABLE", `${source}: no connection`, {
      hint,
      cause,
    });
  }
  const hint = "the server's answer is not JSON; a NaN in a vector does that";
  return new SimilarityError("EMBEDDINGS_ANSWER", `${source}: ${String(cause)}`, { hint, cause });
}

function hintFor(status: number): string {
  if (status === 401 || status === 403) return "set the environment variable of apiKeyEnv";
  if (status === 404) return "check the model name, and that the base URL ends in /v1";
  if (status === 429) return "lower batchSize, or raise retries";
  return "see the server's log";
}
