import { existsSync } from "node:fs";
import { join } from "node:path";
import { readItems } from "../../src/bench/mep/oracle/freeze.ts";
import type { ItemClip } from "../../src/bench/mep/oracle/item.ts";
import { contentHash } from "../../src/bench/mep/oracle/items.ts";
import type { MepResult } from "../../src/bench/mep/oracle/result.ts";
import { RunError } from "../../src/core/errors.ts";
import { readJson } from "../../src/core/files.ts";
import { readJsonl } from "../../src/core/jsonl.ts";
import type { ProgressListener } from "../../src/core/progress.ts";
import { loadFeatures } from "../../src/corpus/load-features.ts";
import { loadManifest } from "../../src/corpus/load-manifest.ts";
import type { ManifestRow } from "../../src/corpus/manifest.ts";
import { blankFeatures, featureDims } from "../../src/media/features.ts";
import { featureOptions } from "../../src/media/options.ts";
import { createEmbeddedPolicy } from "../../src/policy/embedded/embedded-policy.ts";
import { openExecutor } from "../../src/policy/embedded/open-executor.ts";
import { embeddedOptions, executorOptions } from "../../src/policy/options.ts";
import type { Policy } from "../../src/policy/port.ts";
import { promptOf } from "../../src/prompt/prompt-of.ts";
import { blankRow, type Standardiser, standardise } from "../../src/prompt/standardise.ts";
import { WordTokenizer } from "../../src/prompt/tokenizer.ts";
import { type RunLayout, runLayout } from "../../src/runs/layout.ts";
import { embedderOptions } from "../../src/similarity/options.ts";
import type { FinishedRun, HeldOut } from "./finished-run.ts";
import {
  need,
  type OpenOptions,
  refuseForeign,
  type StoredConfig,
  weightsBySystem,
} from "./weights.ts";

/**
 * @throws RunError `RUN_INCOMPLETE` naming the file that is missing, `RUN_NO_TRUTH` for clips that
 *   were not drawn here, `SYSTEM_UNKNOWN`.
 */
export async function openFinishedRun(
  folder: string,
  wanted: OpenOptions,
  progress: ProgressListener,
): Promise<FinishedRun> {
  const layout = runLayout(folder);
  const corpus = join(layout.corpus, "manifest.jsonl");
  need(layout.config, "name the folder of a run, for example runs/demo");
  const config = readJson<StoredConfig>(layout.config);
  refuseForeign(layout, config);
  for (const file of [layout.tokenizer, layout.standardiser, layout.items, corpus]) need(file);
  const weights = weightsBySystem(layout, config, wanted);
  const items = readItems(layout.items);
  const rows = loadManifest(layout.corpus);
  const shown = items.clips.slice(0, wanted.limit ?? items.clips.length);
  const tokenizer = new WordTokenizer(readJson<{ pieces: string[] }>(layout.tokenizer).pieces);
  const options = featureOptions.parse(config.features ?? {});
  const standardiser = readJson<Standardiser>(layout.standardiser);
  const clips = await heldOut(layout, rows, shown, options, standardiser, progress);
  const policy = embeddedOptions.parse(config.policy ?? {});
  const dims = featureDims(options);
  const nothing = blankFeatures(options);
  const blank = {
    video: blankRow(nothing.video, standardiser.video),
    audio: blankRow(nothing.audio, standardiser.audio),
  };
  const openPolicy = async (system: string): Promise<Policy> => {
    const opened = await createEmbeddedPolicy({
      options: policy,
      vocabulary: tokenizer,
      video: { tokens: options.videoTokens, dim: dims.video },
      audio: { tokens: options.audioTokens, dim: dims.audio },
      seed: `${config.seed}/weights`,
      executor: await openExecutor(executorOptions.parse(config.executor ?? { name: "auto" })),
    });
    await opened.load(weights.get(system)!.folder, { optimiser: "fresh" });
    return opened;
  };
  return {
    folder,
    seed: config.seed,
    systems: [...weights.keys()],
    stopped: Object.fromEntries(
      [...weights].flatMap(([name, { checkpoint }]) =>
        checkpoint === undefined ? [] : [[name, checkpoint]],
      ),
    ),
    clips,
    training: rows.filter(({ split }) => split === "train"),
    tokenizer,
    maxTokens: policy.maxTokens,
    blank,
    embedder: embedderOptions.parse(config.embedder),
    itemsHash: contentHash(items),
    versions: existsSync(layout.versions) ? readJson(layout.versions) : null,
    metrics: (system) => {
      const { metrics } = layout.system(system);
      return existsSync(metrics) ? readJsonl<Record<string, number>>(metrics) : [];
    },
    said: (system) => {
      const { clips: said } = readJson<MepResult>(layout.system(system).evaluation);
      return new Map(said.map(({ id, responses: [first] }) => [id, first!]));
    },
    policy: openPolicy,
  };
}

async function heldOut(
  { corpus }: RunLayout,
  rows: readonly ManifestRow[],
  items: readonly ItemClip[],
  options: ReturnType<typeof featureOptions.parse>,
  standardiser: Standardiser,
  progress: ProgressListener,
): Promise<HeldOut[]> {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const chosen = items.map((item) => {
    const row = byId.get(item.id);
    if (row) return { id: item.id, item, row };
    throw new RunError("RUN_INCOMPLETE", `the manifest lacks the benchmark's clip '${item.id}'`, {
      file: join(corpus, "manifest.jsonl"),
      hint: "items and corpus are of different runs: give a folder as the demo left it",
    });
  });
  const features = await loadFeatures(
    corpus,
    chosen.map(({ row }) => row),
    options,
    { progress },
  );
  return chosen.map((clip) => ({
    ...clip,
    prompt: standardise(promptOf(clip.id, features.get(clip.id)!), standardiser),
  }));
}
