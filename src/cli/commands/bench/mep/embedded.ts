import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { Responder } from "../../../../bench/ask/port.ts";
import {
  type EmbeddedModel,
  embeddedResponder,
} from "../../../../bench/mep/asked/embedded-responder.ts";
import { loadConfig } from "../../../../config/load.ts";
import { experimentOptions } from "../../../../config/schema.ts";
import { RunError } from "../../../../core/errors.ts";
import { readJson, sha256 } from "../../../../core/files.ts";
import { featureDims } from "../../../../media/features.ts";
import { createEmbeddedPolicy } from "../../../../policy/embedded/embedded-policy.ts";
import { openExecutor } from "../../../../policy/embedded/open-executor.ts";
import type { Standardiser } from "../../../../prompt/standardise.ts";
import { WordTokenizer } from "../../../../prompt/tokenizer.ts";
import { runLayout } from "../../../../runs/layout.ts";

/**
 * Opens a finished system of a run folder (`runs/demo/oppo`) as a model under test.
 * @throws RunError `RUN_SYSTEM` naming what is missing; ConfigError for settings of another
 *   version; PolicyError where the weights don't fit.
 */
export async function openEmbeddedResponder(folder: string): Promise<Responder> {
  const system = resolve(folder);
  const layout = runLayout(dirname(system));
  const { final } = layout.system(basename(system));
  for (const file of [layout.config, layout.tokenizer, layout.standardiser, final]) {
    if (existsSync(file)) continue;
    throw new RunError("RUN_SYSTEM", "no finished system of a run lies here", {
      file,
      hint: "name the folder of a trained system, for example runs/demo/oppo",
    });
  }
  const experiment = loadConfig(layout.config, experimentOptions);
  const tokenizer = new WordTokenizer(readJson<{ pieces: string[] }>(layout.tokenizer).pieces);
  const { features } = experiment;
  const dims = featureDims(features);
  const policy = await createEmbeddedPolicy({
    options: experiment.policy,
    vocabulary: tokenizer,
    video: { tokens: features.videoTokens, dim: dims.video },
    audio: { tokens: features.audioTokens, dim: dims.audio },
    seed: "loaded",
    executor: await openExecutor(experiment.executor),
  });
  try {
    await policy.load(final, { optimiser: "fresh" });
  } catch (error) {
    await policy.close();
    throw error;
  }
  const model: EmbeddedModel = {
    policy,
    tokenizer,
    standardiser: readJson<Standardiser>(layout.standardiser),
    features,
    maxTokens: experiment.policy.maxTokens,
    id: `${join(experiment.name, basename(system))} (${weightsOf(final)})`,
  };
  return embeddedResponder(model);
}

/**
 * Weights trained again under the same name are another model. policy.json holds the hashes of
 * their files.
 */
const weightsOf = (final: string): string =>
  sha256(readFileSync(join(final, "policy.json"))).slice(0, 8);
