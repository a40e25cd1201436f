import { z } from "zod";

const calibration = z
  .strictObject({ low: z.number().min(-1).max(1), high: z.number().min(-1).max(1) })
  .refine(({ low, high }) => low < high, "low must be below high")
  .optional()
  .describe(
    "cosines below low count 0, above high 1; default: what was measured for the encoder, else .50/.85",
  );

const cacheFile = z
  .string()
  .optional()
  .describe("JSONL file that keeps vectors between runs; default: memory only");

const batchSize = z.int().min(1).max(2048).default(32).describe("texts per encoder call");

const concepts = z
  .boolean()
  .describe(
    "add a thesaurus of facial behaviour and prosody to the encoder: small encoders read short phrases by topic only",
  );

const useLite = z.strictObject({
  kind: z.literal("use-lite"),
  concepts: concepts.default(true),
  batchSize,
  cacheFile,
  calibration,
});

const openai = z.strictObject({
  kind: z.literal("openai"),
  baseUrl: z.url().describe("OpenAI-compatible server, with version: http://localhost:8000/v1"),
  model: z.string().min(1).describe("embedding model as the server names it"),
  apiKeyEnv: z
    .string()
    .default("OPENAI_API_KEY")
    .describe("environment variable that holds the key; may be unset for local servers"),
  instruction: z.string().default("").describe("prefix of every text, on cues and claims alike"),
  dimensions: z.int().min(8).optional().describe("shortened vectors, where the model can"),
  timeoutMs: z.int().min(1).default(30_000).describe("milliseconds per request"),
  retries: z.int().min(0).max(10).default(3).describe("repeats after 429, 5xx, lost connections"),
  concepts: concepts.default(false),
  batchSize,
  cacheFile,
  calibration,
});

/** How cue texts become vectors. */
export const embedderOptions = z
  .discriminatedUnion("kind", [useLite, openai])
  .prefault({ kind: "use-lite" })
  .describe("sentence encoder behind the semantic matching of claims and cues");

export type EmbedderOptions = z.infer<typeof embedderOptions>;
