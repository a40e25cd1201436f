import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadConfig } from "../config/load.ts";
import { cachedChat } from "../endpoint/chat-cache.ts";
import { openChatModel } from "../endpoint/openai-chat.ts";
import type { ChatModel } from "../endpoint/port.ts";
import { type SwiftOptions, swiftOptions } from "../export/options.ts";
import { modelDecomposer } from "../service/decomposer/model.ts";
import type { DecomposerOptions, ModelOptions } from "../service/decomposer/options.ts";
import type { Decomposer } from "../service/decomposer/port.ts";
import { printedDecomposer } from "../service/decomposer/printed.ts";
import { rulesDecomposer } from "../service/decomposer/rules.ts";
import { modelJudge } from "../service/judge/model-judge.ts";
import type { CueJudge } from "../similarity/port.ts";

/** The file that `oppo serve` and `oppo export` read where none is named. */
const shippedSwiftConfig = fileURLToPath(
  new URL("../../configs/ms-swift/qwen2.5-omni.yaml", import.meta.url),
);

/** Settings of a service and of the run that uses it. @throws ConfigError naming file and field. */
export function readSwiftOptions(
  file: string | undefined,
  overrides: readonly string[],
): SwiftOptions {
  return loadConfig(file ?? shippedSwiftConfig, swiftOptions, overrides);
}

/** The decomposer that the options describe. */
export function openDecomposer(options: DecomposerOptions): Decomposer {
  if (options.kind === "rules") return rulesDecomposer;
  const decomposer = options.extraction === "printed" ? printedDecomposer : modelDecomposer;
  return decomposer(chatModel(options), options);
}

/**
 * The judge that the options describe. Its answers are kept in the state folder: a restarted
 * service then gives the same rewards, which a model asked again might not.
 */
export function openJudge(
  options: ModelOptions | undefined,
  stateFolder: string | undefined,
): CueJudge | undefined {
  if (!options) return undefined;
  const file = stateFolder === undefined ? undefined : join(stateFolder, "judge-answers.jsonl");
  return modelJudge(cachedChat(chatModel(options), file), options);
}

function chatModel({ baseUrl, model, apiKeyEnv, concurrency }: ModelOptions): ChatModel {
  const apiKey = process.env[apiKeyEnv];
  return openChatModel({ baseUrl, model, concurrency, ...(apiKey && { apiKey }) });
}
