import { existsSync } from "node:fs";
import { probeTexts } from "../../bench/mep/oracle/probing.ts";
import { readJson, writeJson } from "../../core/files.ts";
import type { SplitRow } from "../../data/clip-row.ts";
import type { Prompt } from "../../prompt/prompt.ts";
import { fitStandardiser, type Standardiser } from "../../prompt/standardise.ts";
import { WordTokenizer } from "../../prompt/tokenizer.ts";
import type { Workspace } from "../workspace.ts";
import type { Data } from "./data.ts";
import { oracleItems } from "./items.ts";

/*
 * What is fitted to the clips once and then belongs to the run: checkpoints only fit the vocabulary
 * and the feature statistics they were trained with.
 */

/** Feature statistics of the training split. */
export function openStandardiser(
  file: string,
  prompts: readonly Prompt[],
  rows: readonly SplitRow[],
): Standardiser {
  if (existsSync(file)) return readJson<Standardiser>(file);
  const standardiser = fitStandardiser(prompts.filter((_, i) => rows[i]!.split === "train"));
  writeJson(file, standardiser);
  return standardiser;
}

/** Tokenizer of the training clips' texts, and of the oracle's probes where there are any. */
export function openTokenizer({ experiment, layout }: Workspace, data: Data): WordTokenizer {
  const file = layout.tokenizer;
  if (existsSync(file)) return new WordTokenizer(readJson<{ pieces: string[] }>(file).pieces);
  const items = oracleItems(data.rows, experiment);
  const texts = [...data.texts.values()].flat();
  const tokenizer = WordTokenizer.fromTexts([...texts, ...(items ? probeTexts(items) : [])]);
  writeJson(file, { pieces: tokenizer.pieces });
  return tokenizer;
}
