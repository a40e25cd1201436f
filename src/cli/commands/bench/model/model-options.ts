import { type Command, Option } from "@commander-js/extra-typings";
import { type ReasoningUse, reasoningUses } from "../../../../bench/ask/endpoint-responder.ts";
import type { Prices } from "../../../../bench/ask/usage.ts";
import { ConfigError } from "../../../../core/errors.ts";
import { given } from "../../../given.ts";
import { notNegative, positive, wholeNumber } from "../../../numbers.ts";

/** Options of every command that asks a model behind a server. */
export interface ModelOptions {
  model?: string;
  baseUrl?: string;
  /** Environment variable that holds the API key. */
  apiKeyEnv: string;
  system?: string;
  temperature: number;
  media: "frames" | "video";
  fps: number;
  maxFrames: number;
  maxSide: number;
  concurrency: number;
  rpm?: number;
  tpm?: number;
  timeout: number;
  attempts: number;
  maxTokens?: number;
  modelSeed?: number;
  tokenField: "max_tokens" | "max_completion_tokens";
  /** Further fields of each request. */
  extra?: Readonly<Record<string, unknown>>;
  /** What becomes of thinking in a field of its own. */
  reasoning: ReasoningUse;
  priceIn?: number;
  priceOut?: number;
}

/** Options of the run itself. */
export interface AskingOptions {
  out?: string;
  /** What tables call the model. */
  name?: string;
  retryFailed?: boolean;
  /** False: go on though all answers are alike. */
  guard: boolean;
  limit?: number;
  sample?: number;
  seed: string;
}

/** Options of a second model that reads or judges answers. */
export interface JudgeOptions {
  judgeModel?: string;
  judgeBaseUrl?: string;
  judgeApiKeyEnv: string;
  judgeRpm?: number;
  judgeTokenField: ModelOptions["tokenField"];
  judgePriceIn?: number;
  judgePriceOut?: number;
}

const tokenField = (flags: string) =>
  new Option(flags, "what the server calls the limit; newer OpenAI models want the second")
    .choices(["max_tokens", "max_completion_tokens"] as const)
    .default("max_tokens" as const);

/** @throws ConfigError `OPTION_JSON`. */
function fields(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Said below, with what is wanted.
  }
  throw new ConfigError("OPTION_JSON", `'${text}' is no JSON object`, {
    hint: "for example --extra '{\"top_p\": 0.8}'",
  });
}

/** What tokens cost, as `totalUsage` takes it. */
export const pricesOf = (options: ModelOptions & Partial<JudgeOptions>): Prices =>
  given({
    input: options.priceIn,
    output: options.priceOut,
    toolsInput: options.judgePriceIn,
    toolsOutput: options.judgePriceOut,
  });

/** Adds the options of a model under test behind an OpenAI-compatible server. */
export function addModelOptions<C extends Command>(command: C): C {
  return command
    .option("--model <name>", "model under test, as its server calls it")
    .option("--base-url <url>", "OpenAI-compatible server, up to and with /v1")
    .option("--api-key-env <name>", "environment variable with the API key", "OPENAI_API_KEY")
    .option("--system <text>", "system message")
    .option("--temperature <t>", "0 is greedy", notNegative, 0)
    .addOption(
      new Option("--media <form>", "clips as pictures and WAV, or as whole files")
        .choices(["frames", "video"] as const)
        .default("frames" as const),
    )
    .option("--fps <n>", "pictures a second", positive, 1)
    .option("--max-frames <n>", "pictures a clip at most, spread evenly", wholeNumber(1), 16)
    .option("--max-side <pixels>", "longer side of a picture", wholeNumber(16), 512)
    .option("--concurrency <n>", "requests under way at once", wholeNumber(1), 4)
    .option("--rpm <n>", "requests a minute at most", positive)
    .option("--tpm <n>", "tokens a minute at most", positive)
    .option("--timeout <seconds>", "time for one answer", positive, 120)
    .option("--attempts <n>", "requests for one answer at most", wholeNumber(1), 6)
    .option("--max-tokens <n>", "length of an answer, instead of the benchmark's", wholeNumber(1))
    .option("--model-seed <n>", "seed sent with each request", wholeNumber(0))
    .addOption(tokenField("--token-field <name>"))
    .option("--extra <json>", 'further fields of each request, for example {"top_p": 0.8}', fields)
    .addOption(
      new Option(
        "--reasoning <use>",
        "thinking that the server sends apart (reasoning_content): named in a note, or scored before the answer",
      )
        .choices(reasoningUses)
        .default("named" as const),
    )
    .option("--price-in <price>", "price of a million prompt tokens", notNegative)
    .option("--price-out <price>", "price of a million answer tokens", notNegative) as unknown as C;
}

/** Adds the options of asking: what of it, where to, and how to go on. */
export function addAskingOptions<C extends Command>(command: C): C {
  return command
    .option("--out <folder>", "run folder; started again, it goes on where it was")
    .option("--name <text>", "what tables call the model")
    .option("--retry-failed", "ask again what failed before")
    .option("--no-guard", "go on though all answers are empty, alike or failed")
    .option("--limit <n>", "the first so many of each set", wholeNumber(1))
    .option("--sample <n>", "so many of each set, drawn in proportion to labels", wholeNumber(1))
    .option("--seed <text>", "seed of --sample", "sample") as unknown as C;
}

/** Adds the options of the second model. */
export function addJudgeOptions<C extends Command>(command: C): C {
  return command
    .option("--judge-model <name>", "model that reads or judges answers")
    .option("--judge-base-url <url>", "its server (default: the server of --base-url)")
    .option("--judge-api-key-env <name>", "variable with its API key", "OPENAI_API_KEY")
    .option("--judge-rpm <n>", "its requests a minute at most", positive)
    .addOption(tokenField("--judge-token-field <name>"))
    .option("--judge-price-in <price>", "price of a million of its prompt tokens", notNegative)
    .option(
      "--judge-price-out <price>",
      "price of a million of its answer tokens",
      notNegative,
    ) as unknown as C;
}
