import { join } from "node:path";
import {
  type ClipParts,
  defaultClipParts,
  openClipParts,
} from "../../../../bench/ask/clip-parts.ts";
import { endpointResponder } from "../../../../bench/ask/endpoint-responder.ts";
import type { Responder } from "../../../../bench/ask/port.ts";
import { ConfigError } from "../../../../core/errors.ts";
import { cachedChat } from "../../../../endpoint/chat-cache.ts";
import { type ChatModelOptions, openChatModel } from "../../../../endpoint/openai-chat.ts";
import type { ChatModel } from "../../../../endpoint/port.ts";
import { say } from "../../../print.ts";
import type { JudgeOptions, ModelOptions } from "./model-options.ts";

/** What the second model takes from the options of the first. */
export type ServerOptions = Pick<
  ModelOptions,
  "baseUrl" | "concurrency" | "timeout" | "attempts" | "tpm"
>;

/** The model under test. @throws ConfigError `MODEL_MISSING`, `BASE_URL`. */
export function openModel(options: ModelOptions): { responder: Responder; clips: ClipParts } {
  const { model, baseUrl, system, temperature, media, fps, maxFrames, maxSide } = options;
  if (model === undefined || baseUrl === undefined) {
    throw new ConfigError("MODEL_MISSING", "no model to ask", {
      hint: "give --model and --base-url, or stored answers with --predictions",
    });
  }
  const clips = openClipParts({ ...defaultClipParts, as: media, fps, maxFrames, maxSide });
  const { rpm, tokenField, extra, modelSeed: seed } = options;
  const chat = openServer(model, baseUrl, options.apiKeyEnv, options, {
    ...(rpm !== undefined && { requestsPerMinute: rpm }),
    tokenField,
    ...(extra !== undefined && { extra }),
  });
  const responder = endpointResponder(chat, clips, {
    temperature,
    reasoning: options.reasoning,
    ...(seed !== undefined && { seed }),
    ...(system !== undefined && { system }),
  });
  return { responder, clips };
}

/**
 * The second model, its greedy answers kept in the run folder.
 * @throws ConfigError `JUDGE_MISSING`, `BASE_URL`.
 */
export function openJudge(options: JudgeOptions & ServerOptions, out: string): ChatModel {
  const { judgeModel: model, judgeBaseUrl, judgeApiKeyEnv, judgeRpm, judgeTokenField } = options;
  const baseUrl = judgeBaseUrl ?? options.baseUrl;
  if (model === undefined || baseUrl === undefined) {
    throw new ConfigError("JUDGE_MISSING", "no model that reads or judges the answers", {
      hint: "give --judge-model, and --judge-base-url where it has a server of its own",
    });
  }
  const chat = openServer(model, baseUrl, judgeApiKeyEnv, options, {
    ...(judgeRpm !== undefined && { requestsPerMinute: judgeRpm }),
    tokenField: judgeTokenField,
  });
  return cachedChat(chat, join(out, "judge-answers.jsonl"), say);
}

function openServer(
  model: string,
  baseUrl: string,
  apiKeyEnv: string,
  { concurrency, timeout, attempts, tpm }: ServerOptions,
  own: Pick<ChatModelOptions, "requestsPerMinute" | "tokenField" | "extra">,
): ChatModel {
  if (!URL.canParse(baseUrl) || !/^https?:/.test(baseUrl)) {
    throw new ConfigError("BASE_URL", `'${baseUrl}' is no web address`, {
      hint: "write it whole, for example http://localhost:8000/v1",
    });
  }
  const apiKey = process.env[apiKeyEnv];
  return openChatModel({
    model,
    baseUrl,
    concurrency,
    timeoutMs: timeout * 1000,
    retry: { maxAttempts: attempts },
    ...(apiKey !== undefined && apiKey !== "" && { apiKey }),
    ...own,
    ...(tpm !== undefined && { tokensPerMinute: tpm }),
  });
}
