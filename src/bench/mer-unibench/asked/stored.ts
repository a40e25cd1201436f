import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { canonicalJson, sha256 } from "../../../core/files.ts";
import type { BenchmarkResult } from "../../ask/result.ts";
import type { Settings } from "../../port.ts";
import { predictedSets } from "./predictions.ts";
import { type MerResultOptions, merResults } from "./result.ts";
import type { SetFile } from "./set-files.ts";
import type { MerTestSet } from "./test-set.ts";

export type Scoring = Pick<MerResultOptions, "mappings" | "mode" | "ew" | "synonyms">;

/** Labels that were read elsewhere, scored. */
export interface StoredResults {
  /** Name of the run folder: other labels are another run. */
  folder: string;
  /** With the labels' content. */
  config: Record<string, unknown>;
  results: BenchmarkResult[];
}

/** Scores labels that were read elsewhere. */
export async function storedResults(
  testSets: readonly MerTestSet[],
  files: readonly SetFile[],
  scoring: Scoring,
  { predictions, extent }: { predictions: readonly string[]; extent: Settings },
): Promise<StoredResults> {
  const sets = await predictedSets(testSets, files, scoring.mode);
  const results = merResults(sets, {
    ...scoring,
    model: `predictions of ${shortNames(predictions)}`,
    labels: "as stored",
    asked: false,
    settings: extent,
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
  return { folder: `predictions-${hash}`, config, results };
}

const contentHash = (files: readonly string[]): string =>
  sha256(canonicalJson(files.map((file) => sha256(readFileSync(file)))));

/** Names of files without folders and set names; of many, the first. */
export function shortNames(entries: readonly string[]): string {
  const names = entries.map((entry) => basename(entry.replace(/^\w+=/, "")));
  const shown = names.slice(0, 3).join(", ");
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
