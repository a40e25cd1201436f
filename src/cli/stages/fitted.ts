import { existsSync } from "node:fs";
import { corpusOracle } from "../../bench/mep/oracle/corpus-oracle.ts";
import { buildItems } from "../../bench/mep/oracle/items.ts";
import { probeTexts } from "../../bench/mep/oracle/probing.ts";
import { readJson, writeJson } from "../../core/files.ts";
import type { ManifestRow } from "../../corpus/manifest.ts";
import type { Prompt } from "../../prompt/prompt.ts";
import { fitStandardiser, type Standardiser } from "../../prompt/standardise.ts";
import { WordTokenizer } from "../../prompt/tokenizer.ts";
import type { Workspace } from "../workspace.ts";

/*
 * What is fitted to the corpus once and then belongs to the run: checkpoints only fit the vocabulary and
 * the feature statistics they were trained with.
 */

/** Feature statistics of the training split. */
export function openStandardiser(
  file: string,
  prompts: readonly Prompt[],
  rows: readonly ManifestRow[],
): Standardiser {
  if (existsSync(file)) return readJson<Standardiser>(file);
  const standardiser = fitStandardiser(prompts.filter((_, i) => rows[i]!.split === "train"));
  writeJson(file, standardiser);
  return standardiser;
}

/** Tokenizer of every text that is trained on or asked about. */
export function openTokenizer(
  { experiment, layout }: Workspace,
  rows: readonly ManifestRow[],
): WordTokenizer {
  const file = layout.tokenizer;
  if (existsSync(file)) return new WordTokenizer(readJson<{ pieces: string[] }>(file).pieces);
  const items = buildItems(rows, corpusOracle(), experiment.bench.items);
  const tokenizer = WordTokenizer.fromTexts([
    ...rows.flatMap((row) => [row.reference, ...row.coldStart]),
    ...probeTexts(items),
  ]);
  writeJson(file, { pieces: tokenizer.pieces });
  return tokenizer;
}
