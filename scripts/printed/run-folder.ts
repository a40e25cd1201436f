import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { readItems } from "../../src/bench/mep/oracle/freeze.ts";
import type { ItemClip } from "../../src/bench/mep/oracle/item.ts";
import { contentHash } from "../../src/bench/mep/oracle/items.ts";
import type { MepResult } from "../../src/bench/mep/oracle/result.ts";
import { RunError } from "../../src/core/errors.ts";
import { readJson } from "../../src/core/files.ts";
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
import type { Modality, Prompt } from "../../src/prompt/prompt.ts";
import { promptOf } from "../../src/prompt/prompt-of.ts";
import { blankRow, type Standardiser, standardise } from "../../src/prompt/standardise.ts";
import { WordTokenizer } from "../../src/prompt/tokenizer.ts";
import { coldStart, type RunLayout, runLayout } from "../../src/runs/layout.ts";
import { embedderOptions } from "../../src/similarity/options.ts";

/** A finished run of the demo, opened to be read; nothing of it is written. */
export interface FinishedRun {
  folder: string;
  seed: number;
  /** The cold start first, the others as the run trained them. */
  systems: readonly string[];
  /** Held-out clips in the order of the items, each with its truth. */
  clips: readonly HeldOut[];
  training: readonly ManifestRow[];
  tokenizer: WordTokenizer;
  /** Longest response that a policy of this run may give, tokens. */
  maxTokens: number;
  blank: Readonly<Record<Modality, Float32Array>>;
  embedder: ReturnType<typeof embedderOptions.parse>;
  itemsHash: string;
  versions: unknown;
  evaluation(system: string): MepResult;
  /** The trained policy; whoever opens it closes it. */
  policy(system: string): Promise<Policy>;
}

export interface HeldOut {
  id: string;
  item: ItemClip;
  row: ManifestRow;
  prompt: Prompt;
}

interface StoredConfig {
  seed: number;
  policy?: unknown;
  features?: unknown;
  executor?: unknown;
  embedder?: unknown;
  data?: { source?: string };
  variants?: Record<string, unknown>;
}

/**
 * @param only names of systems; undefined: all of the run.
 * @param limit first clips of the items alone, for a quick look.
 * @throws RunError `RUN_INCOMPLETE` naming the file that is missing, `RUN_NO_TRUTH` for clips that
 *   were not drawn here, `SYSTEM_UNKNOWN`.
 */
export async function openFinishedRun(
  folder: string,
  only: readonly string[] | undefined,
  limit: number | undefined,
  progress: ProgressListener,
): Promise<FinishedRun> {
  const layout = runLayout(folder);
  const corpus = join(layout.corpus, "manifest.jsonl");
  need(layout.config, "name the folder of a run, for example runs/demo");
  const config = readJson<StoredConfig>(layout.config);
  refuseForeign(layout, config);
  for (const file of [layout.tokenizer, layout.standardiser, layout.items, corpus]) need(file);
  const systems = systemsOf(layout, config, only);
  const items = readItems(layout.items);
  const rows = loadManifest(layout.corpus);
  const shown = limit === undefined ? items.clips : items.clips.slice(0, limit);
  const tokenizer = new WordTokenizer(readJson<{ pieces: string[] }>(layout.tokenizer).pieces);
  const options = featureOptions.parse(config.features ?? {});
  const standardiser = readJson<Standardiser>(layout.standardiser);
  const clips = await heldOut(layout, rows, shown, options, standardiser, progress);
  const { policy, dims } = {
    policy: embeddedOptions.parse(config.policy ?? {}),
    dims: featureDims(options),
  };
  const blank = blankFeatures(options);
  return {
    folder,
    seed: config.seed,
    systems,
    clips,
    training: rows.filter(({ split }) => split === "train"),
    tokenizer,
    maxTokens: policy.maxTokens,
    blank: {
      video: blankRow(blank.video, standardiser.video),
      audio: blankRow(blank.audio, standardiser.audio),
    },
    embedder: embedderOptions.parse(config.embedder),
    itemsHash: contentHash(items),
    versions: existsSync(layout.versions) ? readJson(layout.versions) : null,
    evaluation: (system) => readJson<MepResult>(layout.system(system).evaluation),
    policy: async (system) => {
      const opened = await createEmbeddedPolicy({
        options: policy,
        vocabulary: tokenizer,
        video: { tokens: options.videoTokens, dim: dims.video },
        audio: { tokens: options.audioTokens, dim: dims.audio },
        seed: `${config.seed}/weights`,
        executor: await openExecutor(executorOptions.parse(config.executor ?? { name: "auto" })),
      });
      await opened.load(layout.system(system).final, { optimiser: "fresh" });
      return opened;
    },
  };
}

function need(file: string, hint = "let the run finish (`npm run demo` goes on where it was)") {
  if (existsSync(file)) return;
  throw new RunError("RUN_INCOMPLETE", "the run has no such file", { file, hint });
}

function refuseForeign({ config: file }: RunLayout, { data }: StoredConfig): void {
  const source = data?.source ?? "synthetic";
  if (source === "synthetic") return;
  throw new RunError("RUN_NO_TRUTH", `the clips of this run are '${source}'`, {
    file,
    hint: "only clips drawn by the synthetic corpus have a known truth: give a run of the demo",
  });
}

function systemsOf(
  layout: RunLayout,
  { variants = {} }: StoredConfig,
  only: readonly string[] | undefined,
): string[] {
  const known = [coldStart, ...Object.keys(variants)];
  const unknown = only?.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new RunError("SYSTEM_UNKNOWN", `the run has no system '${unknown}'`, {
      file: layout.config,
      hint: `systems of this run: ${known.join(", ")}; folders: ${readdirSync(layout.root).join(", ")}`,
    });
  }
  const systems = known.filter((name) => name === coldStart || (only?.includes(name) ?? true));
  for (const name of systems) {
    const { final, evaluation } = layout.system(name);
    const hint = "let the run finish, or leave the system out with --systems";
    need(join(final, "policy.json"), hint);
    need(evaluation, hint);
  }
  return systems;
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
