import { BenchError } from "../../core/errors.ts";
import { pairwiseMean } from "../../core/pairwise-sum.ts";
import { stringToList } from "./labels.ts";
import { checkCoverage } from "./samples.ts";
import type { LabelMap } from "./types.ts";

/** By sample, words that a language model takes for synonyms of each other. */
export type SynonymGroups = ReadonlyMap<string, readonly (readonly string[])[]>;

export interface SetLevelScore {
  /** Mean share of predicted groups that are true; the official name is set-level accuracy. */
  precision: number;
  recall: number;
  /** Plain mean of the two: the score. */
  average: number;
}

/**
 * Score of MER2024-OV: a language model has grouped each sample's words into synonyms; every word
 * stands for the first of its group.
 *
 * @param groups synonym groups by sample
 * @throws BenchError `PREDICTIONS_MISSING`, `PREDICTIONS_EXTRA`, `TRUTH_EMPTY`, `GROUPS_MISSING`
 */
export function setLevelScore(
  truth: LabelMap,
  predictions: LabelMap,
  groups: SynonymGroups,
  set = "MER2024-OV",
): SetLevelScore {
  const { precisions, recalls } = setLevelSamples(truth, predictions, groups, set);
  const precision = pairwiseMean(precisions);
  const recall = pairwiseMean(recalls);
  return { precision, recall, average: pairwiseMean([precision, recall]) };
}

/** The same sample by sample, in the truth's order. */
export function setLevelSamples(
  truth: LabelMap,
  predictions: LabelMap,
  groups: SynonymGroups,
  set = "MER2024-OV",
): { precisions: number[]; recalls: number[] } {
  checkCoverage(truth, predictions, set);
  const precisions: number[] = [];
  const recalls: number[] = [];
  for (const [id, labels] of truth) {
    const firsts = firstOfGroup(groups.get(id) ?? missingGroups(set, id));
    const actual = representatives(stringToList(labels), firsts);
    const claimed = representatives(stringToList(predictions.get(id)), firsts);
    if (actual.size === 0) {
      throw new BenchError("TRUTH_EMPTY", `${set}: sample '${id}' has no true label`, {
        path: id,
        hint: "its recall would divide by zero; take the sample out",
      });
    }
    const both = [...actual].filter((word) => claimed.has(word)).length;
    precisions.push(claimed.size === 0 ? 0 : both / claimed.size);
    recalls.push(both / actual.size);
  }
  return { precisions, recalls };
}

/** Groups of one sample as the official files hold them, "[['mad', 'angry'], ['happy']]". */
export function readSynonymGroups(text: string): string[][] {
  return [...text.matchAll(/\[([^[\]]*)\]/g)].map((match) => stringToList(`[${match[1]}]`));
}

function firstOfGroup(groups: readonly (readonly string[])[]): Map<string, string> {
  const firsts = new Map<string, string>();
  for (const group of groups) for (const word of group) firsts.set(word, group[0]!);
  return firsts;
}

function representatives(
  words: readonly string[],
  firsts: ReadonlyMap<string, string>,
): Set<string> {
  return new Set(words.map((word) => firsts.get(word) ?? word));
}

function missingGroups(set: string, id: string): never {
  throw new BenchError("GROUPS_MISSING", `${set}: no synonym groups for sample '${id}'`, {
    path: id,
    hint: "group the words of truth and prediction of every sample",
  });
}
