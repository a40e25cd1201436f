import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { corpusOracle } from "../../src/bench/mep/oracle/corpus-oracle.ts";
import { readItems } from "../../src/bench/mep/oracle/freeze.ts";
import type { ItemClip, MepItems } from "../../src/bench/mep/oracle/item.ts";
import { contentHash } from "../../src/bench/mep/oracle/items.ts";
import { type EvaluationOptions, evaluationOptions } from "../../src/bench/mep/oracle/options.ts";
import { respondUnder } from "../../src/bench/mep/oracle/respond.ts";
import type { MepResult, ResponseRecord } from "../../src/bench/mep/oracle/result.ts";
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
  /** Systems that a guard stopped, by the step whose weights are measured. */
  stopped: Readonly<Record<string, number>>;
  metrics(system: string): readonly Record<string, number>[];
  /** First response of a system to each held-out clip, by clip: judged by the oracle. */
  said(system: string): Promise<ReadonlyMap<string, ResponseRecord>>;
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
  bench?: { evaluation?: unknown };
}

/** Where a system's weights lie. */
interface Weights {
  folder: string;
  /** null of one that was trained to the end. */
  stoppedAt: number | null;
}

export interface OpenOptions {
  /** Names of trained systems; undefined: all of the run. */
  only?: readonly string[] | undefined;
  /** First clips of the items alone, for a quick look. */
  limit?: number | undefined;
  /** Whether a system without finished weights is measured on those of its last checkpoint. */
  stopped?: boolean;
}

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
  const weights = weightsOf(layout, config, wanted);
  const items = readItems(layout.items);
  const rows = loadManifest(layout.corpus);
  const shown = items.clips.slice(0, wanted.limit ?? items.clips.length);
  const tokenizer = new WordTokenizer(readJson<{ pieces: string[] }>(layout.tokenizer).pieces);
  const options = featureOptions.parse(config.features ?? {});
  const standardiser = readJson<Standardiser>(layout.standardiser);
  const clips = await heldOut(layout, rows, shown, options, standardiser, progress);
  const { policy, dims } = {
    policy: embeddedOptions.parse(config.policy ?? {}),
    dims: featureDims(options),
  };
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
  const responses = new Map<string, ReadonlyMap<string, ResponseRecord>>();
  const firstResponses = async (system: string) => {
    const { evaluation } = layout.system(system);
    if (weights.get(system)!.stoppedAt === null) {
      const { clips: said } = readJson<MepResult>(evaluation);
      return new Map(said.map(({ id, responses: [first] }) => [id, first!]));
    }
    return drawResponses(await openPolicy(system), {
      items,
      clips,
      blank,
      tokenizer,
      options: evaluationOptions.parse(config.bench?.evaluation ?? {}),
    });
  };
  return {
    folder,
    seed: config.seed,
    systems: [...weights.keys()],
    stopped: Object.fromEntries(
      [...weights].flatMap(([name, { stoppedAt }]) =>
        stoppedAt === null ? [] : [[name, stoppedAt]],
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
    said: async (system) => {
      const known = responses.get(system) ?? (await firstResponses(system));
      responses.set(system, known);
      return known;
    },
    policy: openPolicy,
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

function weightsOf(
  layout: RunLayout,
  { variants = {} }: StoredConfig,
  { only, stopped = false }: OpenOptions,
): ReadonlyMap<string, Weights> {
  const known = [coldStart, ...Object.keys(variants)];
  const unknown = only?.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new RunError("SYSTEM_UNKNOWN", `the run has no system '${unknown}'`, {
      file: layout.config,
      hint: `systems of this run: ${known.join(", ")}; folders: ${readdirSync(layout.root).join(", ")}`,
    });
  }
  const systems = known.filter((name) => name === coldStart || (only?.includes(name) ?? true));
  return new Map(systems.map((name) => [name, weightsOfSystem(layout, name, stopped)]));
}

function weightsOfSystem(layout: RunLayout, name: string, stopped: boolean): Weights {
  const { final, evaluation, checkpoint } = layout.system(name);
  const newest = join(checkpoint, "newest.json");
  if (!existsSync(join(final, "policy.json")) && existsSync(newest) && stopped) {
    const { step, folder } = readJson<{ step: number; folder: string }>(newest);
    return { folder: join(checkpoint, folder), stoppedAt: step };
  }
  const hint = existsSync(newest)
    ? "let the run finish, or measure what a guard stopped on its last checkpoint with --stopped"
    : "let the run finish, or leave the system out with --systems";
  need(join(final, "policy.json"), hint);
  need(evaluation, hint);
  return { folder: final, stoppedAt: null };
}

/** What a policy says, sampled and judged as the benchmark would have. */
async function drawResponses(
  policy: Policy,
  {
    items,
    clips,
    blank,
    tokenizer,
    options,
  }: Pick<FinishedRun, "clips" | "blank" | "tokenizer"> & {
    items: MepItems;
    options: EvaluationOptions;
  },
): Promise<ReadonlyMap<string, ResponseRecord>> {
  try {
    const { records } = await respondUnder(
      "full",
      clips.map(({ item }) => item),
      { policy, tokenizer, options, advance: () => {} },
      { prompts: new Map(clips.map(({ id, prompt }) => [id, prompt])), blank },
      { items, oracle: corpusOracle() },
    );
    return new Map(clips.map(({ id }, at) => [id, records[at]![0]!]));
  } finally {
    await policy.close();
  }
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
