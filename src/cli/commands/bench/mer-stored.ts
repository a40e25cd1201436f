import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { BenchmarkResult } from "../../../bench/ask/result.ts";
import { predictedSets } from "../../../bench/mer-unibench/asked/predictions.ts";
import { type MerResultOptions, merResults } from "../../../bench/mer-unibench/asked/result.ts";
import type { SetFile } from "../../../bench/mer-unibench/asked/set-files.ts";
import type { MerTestSet } from "../../../bench/mer-unibench/asked/test-set.ts";
import { canonicalJson, sha256 } from "../../../core/files.ts";
import type { AskingOptions, ModelOptions } from "./model-options.ts";
import { openRun, runFolder } from "./run-folder.ts";
import { settingsOf } from "./settings.ts";

export type Scoring = Pick<MerResultOptions, "mappings" | "mode" | "ew" | "synonyms">;

/** Scores labels that were read elsewhere. Their content is in the folder's config: others are another run. */
export async function storedResults(
  testSets: readonly MerTestSet[],
  files: readonly SetFile[],
  scoring: Scoring,
  options: AskingOptions & ModelOptions & { predictions?: string[] },
): Promise<{ out: string; results: BenchmarkResult[] }> {
  const sets = await predictedSets(testSets, files, scoring.mode);
  const results = merResults(sets, {
    ...scoring,
    model: `predictions of ${shortNames(options.predictions ?? [])}`,
    labels: "as stored",
    asked: false,
    settings: settingsOf(options, false),
  });
  const config = {
    benchmark: "mer-unibench",
    predictions: files.map(({ file }) => basename(file)),
    content: contentHash(files.map(({ file }) => file)),
    truth: sha256(canonicalJson(testSets.map(({ set, samples }) => [set, samples]))),
    mappings: scoring.mappings.map(({ id }) => id),
    mode: scoring.mode,
    ...(scoring.ew === "mer2026" && { ew: scoring.ew }),
    ...(scoring.synonyms && { synonyms: sha256(canonicalJson([...scoring.synonyms])) }),
  };
  const hash = sha256(canonicalJson(config)).slice(0, 8);
  const out = runFolder(options, "mer-unibench", `predictions-${hash}`);
  openRun(out, config);
  return { out, results };
}

const contentHash = (files: readonly string[]): string =>
  sha256(canonicalJson(files.map((file) => sha256(readFileSync(file)))));

/** Names of files without folders and set names; of many, the first. */
export function shortNames(entries: readonly string[]): string {
  const names = entries.map((entry) => basename(entry.replace(/^\w+=/, "")));
  const shown = names.slice(0, 3).join(", ");
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
