import type { BenchmarkResult } from "../../../bench/ask/result.ts";
import { canonicalJson } from "../../../core/files.ts";
import type { AskingOptions, ModelOptions } from "./model/model-options.ts";

/** Settings that answers depend on: part of the run's config and of the result's protocol. */
export function settingsOf(
  options: ModelOptions & AskingOptions,
  clipsShown: boolean,
): BenchmarkResult["protocol"]["settings"] {
  const { media, fps, maxFrames, maxSide, temperature, system } = options;
  const { maxTokens, modelSeed, extra, reasoning, limit, sample, seed } = options;
  return {
    ...(clipsShown && { media, fps, "frames at most": maxFrames, "longer side": maxSide }),
    ...(clipsShown && { temperature }),
    ...(clipsShown && system !== undefined && { system }),
    ...(clipsShown && maxTokens !== undefined && { "answer tokens": maxTokens }),
    ...(clipsShown && modelSeed !== undefined && { "model seed": modelSeed }),
    ...(clipsShown && extra !== undefined && { extra: canonicalJson(extra) }),
    ...(clipsShown && reasoning !== "named" && { reasoning }),
    ...(limit !== undefined && { limit }),
    ...(sample !== undefined && { sample, seed }),
  };
}
