import { BenchError } from "../../core/errors.ts";
import {
  isOpenSet,
  isSentimentSet,
  type LabelMap,
  type MerSetId,
  merSet,
  stringToList,
  type ValueMap,
} from "../mer-unibench/index.ts";
import { badValue, labels, mapValues } from "./predictions.ts";
import { readRecords } from "./records.ts";
import { sources } from "./sources.ts";

/** Where a label file of each set keeps its test samples. */
const corpusNames: Readonly<Partial<Record<MerSetId, string>>> = {
  mer2023: "test1_corpus",
  mer2024: "test1_corpus",
  iemocapfour: "whole_corpus",
};

/**
 * True emotions of a set: `label-6way.npz`, `label.npz` (dict name → {emo, val}), `ovlabel.csv`
 * (name, openset), or .json/.jsonl/.csv of name → label. Integers become the set's label words; of
 * IEMOCAP's whole corpus session 5 is taken; an open set's empty list becomes "neutral", as in the
 * official loader.
 * @throws BenchError `VALUE_KIND` naming file and sample, and what `readRecords` throws
 */
export async function readLabels(set: MerSetId, file: string): Promise<LabelMap> {
  const words = merSet(set).labels ?? [];
  return mapValues(await records(set, file, ["openset", "label", "emo"]), file, (value, id) => {
    const emotion = field(value, "emo");
    const word = numbered(emotion, words);
    if (word === undefined) throw badValue(value, id, file, "an emotion of this set");
    const list = labels(word, id, file);
    return isOpenSet(set) && stringToList(list).length === 0 ? "neutral" : list;
  });
}

/** True sentiment values of a set: `label.npz`, or .json/.jsonl/.csv of name → value. */
export async function readValues(set: MerSetId, file: string): Promise<ValueMap> {
  return mapValues(await records(set, file, ["val", "label"]), file, (value, id) => {
    const found = field(value, "val");
    const number = typeof found === "string" && found.trim() !== "" ? Number(found) : found;
    if (typeof number !== "number" || !Number.isFinite(number)) {
      throw badValue(value, id, file, "a sentiment value");
    }
    return number;
  });
}

/** Labels or values, whichever the set has. */
export function readTruth(set: MerSetId, file: string): Promise<LabelMap | ValueMap> {
  return isSentimentSet(set) ? readValues(set, file) : readLabels(set, file);
}

async function records(set: MerSetId, file: string, names: readonly string[]) {
  const corpus = corpusNames[set] ?? "test_corpus";
  const found = await readRecords(file, [corpus, ...names], sources.labels);
  if (set !== "iemocapfour" || !file.endsWith(".npz")) return found;
  const session5 = new Map([...found].filter(([id]) => id[4] === "5"));
  if (session5.size === 0) {
    throw new BenchError("TRUTH_EMPTY", "no sample of session 5, which is IEMOCAP's test set", {
      file,
      hint: "names look like Ses05F_impro01_F000",
    });
  }
  return session5;
}

/** The word of an integer label; tables hold it as text. */
function numbered(emotion: unknown, words: readonly string[]): unknown {
  const isNumber = typeof emotion === "number" || /^\d+(\.0)?$/.test(String(emotion).trim());
  return isNumber && !Array.isArray(emotion) ? words[Number(emotion)] : emotion;
}

function field(value: unknown, name: string): unknown {
  return value instanceof Map ? value.get(name) : value;
}
