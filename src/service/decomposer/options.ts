import { z } from "zod";

const rules = z.strictObject({ kind: z.literal("rules") });

const model = z.strictObject({
  kind: z.literal("model"),
  baseUrl: z.url().describe("OpenAI-compatible server, with version: http://localhost:8000/v1"),
  model: z.string().min(1).describe("chat model as the server names it"),
  apiKeyEnv: z
    .string()
    .default("OPENAI_API_KEY")
    .describe("environment variable that holds the key; may be unset for local servers"),
  tries: z.int().min(1).max(10).default(3).describe("answers asked for until one is well-formed"),
  maxTokens: z.int().min(1).default(2048).describe("longest answer, tokens"),
  concurrency: z.int().min(1).default(8).describe("requests to the model at once"),
});

const decomposingModel = model.extend({
  extraction: z
    .enum(["ours", "printed"])
    .default("ours")
    .describe(
      "ours: statements of 1 to 8 words; printed: the paper's rules, phrases of 2 to 6 words that stand in the text (emotion cues by a second question, ours)",
    ),
});

/** What takes references apart into cues. */
export const decomposerOptions = z
  .discriminatedUnion("kind", [rules, decomposingModel])
  .prefault({ kind: "rules" })
  .describe("rules: built in, English, no model; model: a chat model with a checked schema");

/** A chat model that says which cues were recovered. */
export const judgeOptions = model
  .describe("chat model that judges claims against cues instead of the embedder; default: none")
  .optional();

export type DecomposerOptions = z.infer<typeof decomposerOptions>;
export type ModelOptions = z.infer<typeof model>;
