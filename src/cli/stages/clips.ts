import { existsSync } from "node:fs";
import { readJson, writeJson } from "../../core/files.ts";
import { generateCorpus } from "../../corpus/generate.ts";
import { loadFeatures } from "../../corpus/load-features.ts";
import { loadManifest } from "../../corpus/load-manifest.ts";
import type { ManifestRow, Split } from "../../corpus/manifest.ts";
import { blankFeatures, type ClipFeatures } from "../../media/features.ts";
import type { Prompt } from "../../prompt/prompt.ts";
import { WordTokenizer } from "../../prompt/tokenizer.ts";
import { timed } from "../timings.ts";
import type { Workspace } from "../workspace.ts";

/** A corpus ready for training: every clip decoded into a prompt, and the tokenizer of its language. */
export interface Clips {
  rows: readonly ManifestRow[];
  prompts: ReadonlyMap<string, Prompt>;
  tokenizer: WordTokenizer;
  blank: { video: Float32Array; audio: Float32Array };
}

/** Writes the synthetic corpus where it is missing; an unfinished one is completed. */
export async function makeCorpus(workspace: Workspace): Promise<void> {
  const { layout, progress } = workspace;
  await timed(layout.timings, "write clips", () =>
    generateCorpus(layout.corpus, corpusOptionsOf(workspace), { progress }),
  );
}

/** The corpus options with the experiment's seed in them: another seed, other clips. */
export function corpusOptionsOf({ experiment }: Workspace) {
  return { ...experiment.corpus, seed: `${experiment.corpus.seed}/${experiment.seed}` };
}

/** Decodes every clip of the corpus (features are cached beside it). */
export async function openClips(workspace: Workspace): Promise<Clips> {
  const { experiment, layout, progress } = workspace;
  const rows = loadManifest(layout.corpus);
  const features = await timed(layout.timings, "decode clips", () =>
    loadFeatures(layout.corpus, rows, experiment.features, { progress }),
  );
  return {
    rows,
    prompts: new Map(rows.map((row) => [row.id, promptOf(row.id, features)])),
    tokenizer: openTokenizer(layout.tokenizer, rows),
    blank: blankFeatures(experiment.features),
  };
}

export function rowsOf(clips: Clips, split: Split): ManifestRow[] {
  return clips.rows.filter((row) => row.split === split);
}

function promptOf(id: string, features: ReadonlyMap<string, ClipFeatures>): Prompt {
  const { video, audio } = features.get(id)!;
  return {
    id,
    text: [],
    video: { ...video, attended: true },
    audio: { ...audio, attended: true },
  };
}

/** The vocabulary is fixed by the first use of a run, so that checkpoints keep fitting. */
function openTokenizer(file: string, rows: readonly ManifestRow[]): WordTokenizer {
  if (existsSync(file)) return new WordTokenizer(readJson<{ pieces: string[] }>(file).pieces);
  const tokenizer = WordTokenizer.fromTexts(rows.flatMap((row) => [row.reference, row.coldStart]));
  writeJson(file, { pieces: tokenizer.pieces });
  return tokenizer;
}
