import { generateCorpus } from "../../corpus/generate.ts";
import { loadFeatures } from "../../corpus/load-features.ts";
import { loadManifest } from "../../corpus/load-manifest.ts";
import type { ManifestRow, Split } from "../../corpus/manifest.ts";
import { blankFeatures } from "../../media/features.ts";
import type { Prompt } from "../../prompt/prompt.ts";
import { promptOf } from "../../prompt/prompt-of.ts";
import { scaleRows, standardise } from "../../prompt/standardise.ts";
import type { WordTokenizer } from "../../prompt/tokenizer.ts";
import { timed } from "../timings.ts";
import type { Workspace } from "../workspace.ts";
import { openStandardiser, openTokenizer } from "./fitted.ts";

/** A corpus ready for training: every clip decoded into a prompt, and the tokenizer of its language. */
export interface Clips {
  rows: readonly ManifestRow[];
  prompts: ReadonlyMap<string, Prompt>;
  tokenizer: WordTokenizer;
  blank: { video: Float32Array; audio: Float32Array };
}

/** Writes the synthetic corpus where it is missing, features too; an unfinished one is completed. */
export async function makeCorpus(workspace: Workspace): Promise<void> {
  const { layout, progress, experiment } = workspace;
  await timed(layout.timings, "write and decode clips", () =>
    generateCorpus(layout.corpus, corpusOptionsOf(workspace), {
      progress,
      features: experiment.features,
    }),
  );
}

/** The corpus options with the experiment's seed in them: another seed, other clips. */
export function corpusOptionsOf({ experiment }: Workspace) {
  return { ...experiment.corpus, seed: `${experiment.corpus.seed}/${experiment.seed}` };
}

/** Loads the features of every clip; those not stored when it was written are decoded now. */
export async function openClips(workspace: Workspace): Promise<Clips> {
  const { experiment, layout, progress } = workspace;
  const rows = loadManifest(layout.corpus);
  const features = await timed(layout.timings, "load features", () =>
    loadFeatures(layout.corpus, rows, experiment.features, { progress }),
  );
  const raw = rows.map((row) => promptOf(row.id, features.get(row.id)!));
  const standardiser = openStandardiser(layout.standardiser, raw, rows);
  const blank = blankFeatures(experiment.features);
  return {
    rows,
    prompts: new Map(raw.map((prompt) => [prompt.id, standardise(prompt, standardiser)])),
    tokenizer: openTokenizer(workspace, rows),
    blank: {
      video: scaleRows(blank.video, standardiser.video),
      audio: scaleRows(blank.audio, standardiser.audio),
    },
  };
}

export function rowsOf(clips: Clips, split: Split): ManifestRow[] {
  return clips.rows.filter((row) => row.split === split);
}

/** The training clips of the cold start, or those kept for reinforcement learning (`sft.share`). */
export function trainingRows(
  { experiment }: Workspace,
  clips: Clips,
  purpose: "sft" | "rl",
): ManifestRow[] {
  const rows = rowsOf(clips, "train");
  if (experiment.sft.share === 1) return rows;
  const cut = Math.round(rows.length * experiment.sft.share);
  return purpose === "sft" ? rows.slice(0, cut) : rows.slice(cut);
}
