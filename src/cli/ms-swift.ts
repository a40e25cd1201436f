import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isMapping, loadConfig } from "../config/load.ts";
import { ConfigError } from "../core/errors.ts";
import { cachedChat } from "../endpoint/chat-cache.ts";
import { openChatModel } from "../endpoint/openai-chat.ts";
import type { ChatModel } from "../endpoint/port.ts";
import { type SwiftOptions, swiftOptions } from "../export/options.ts";
import { runPresets } from "../export/presets.ts";
import { modelDecomposer } from "../service/decomposer/model.ts";
import type { DecomposerOptions, ModelOptions } from "../service/decomposer/options.ts";
import type { Decomposer } from "../service/decomposer/port.ts";
import { printedDecomposer } from "../service/decomposer/printed.ts";
import { rulesDecomposer } from "../service/decomposer/rules.ts";
import { modelJudge } from "../service/judge/model-judge.ts";
import type { CueJudge } from "../similarity/port.ts";
import { say } from "./print.ts";

/** The file that `oppo serve` and `oppo export` read where none is named. */
const shippedSwiftConfig = fileURLToPath(
  new URL("../../configs/ms-swift/qwen2.5-omni.yaml", import.meta.url),
);

/**
 * Settings of a service and of the run that uses it. Beneath them stand those of their `preset`;
 * one given here stands for the file's.
 * @throws ConfigError naming file and field; PRESET_LOSS where the file has a loss of another preset.
 */
export function readSwiftOptions(
  file: string | undefined,
  overrides: readonly string[],
  preset?: string,
): SwiftOptions {
  const named = preset === undefined ? [] : [`preset=${preset}`];
  return loadConfig(
    file ?? shippedSwiftConfig,
    swiftOptions,
    [...overrides, ...named],
    ({ preset: own, loss }) => {
      const found = runPresets[String(own)];
      if (preset !== undefined && found) refuseOtherLoss(preset, loss);
      return found?.settings ?? {};
    },
  );
}

/** A run under a preset's name with the loss of another would be neither. */
function refuseOtherLoss(preset: string, loss: unknown): void {
  const own = isMapping(loss) ? loss.preset : undefined;
  if (own === undefined) return;
  const { loss: wanted } = runPresets[preset]!.settings as { loss: { preset: string } };
  if (own === wanted.preset) return;
  throw new ConfigError("PRESET_LOSS", `the settings name loss.preset ${own}`, {
    path: "loss.preset",
    hint: `--preset ${preset} sets it to ${wanted.preset}: leave it out, or leave --preset out`,
  });
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
  return modelJudge(cachedChat(chatModel(options), file, say), options);
}

function chatModel({ baseUrl, model, apiKeyEnv, concurrency }: ModelOptions): ChatModel {
  const apiKey = process.env[apiKeyEnv];
  return openChatModel({ baseUrl, model, concurrency, ...(apiKey && { apiKey }) });
}
